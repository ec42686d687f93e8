package io.knit.core.agent.names;

import io.knit.api.spi.loop.Loop;
import io.knit.core.agent.disk.DurableFile;
import io.knit.core.wire.NamedDeployment;
import io.knit.core.wire.NamedInstance;
import io.knit.core.wire.NamesPage;
import io.knit.core.wire.WireCodec;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the table of names in {@code names.json}, and what became another since in {@code names.log}, a line for each: a change costs what it says, not what the
 * fleet has. Where there is more in the log than in the table, that is written again, and so it is once nothing has a name any more: what went is on no disk then. One
 * writing at a time, and not one for each change. Only on the loop.
 */
public final class KeptNames {
    private static final Logger LOG = LoggerFactory.getLogger(KeptNames.class);
    /** What changes meanwhile is written in one. */
    private static final Duration TOGETHER = Duration.ofSeconds(2);
    /** In bytes; a shorter log is never too long. */
    private static final long SHORT_LOG = 64 << 10;
    /** What entries may say, by the names of their fields. An agent of before has kept less of them under the digest of all. */
    private static final String FORM = form(NamedDeployment.class, NamedInstance.class);
    /** The digest of no server's table, so that all of it is asked for. */
    private static final String NOBODYS = "";

    private final Loop loop;
    private final Path table;
    private final Path log;
    /** What changed since the last writing, the first first; of no use while the whole table is due. */
    private final List<NamesPage> changes = new ArrayList<>();

    private @Nullable Supplier<NamesPage> newest;
    /** Whether the log, with what is to come, does not say all. */
    private boolean isWholeDue = true;

    private Sizes sizes = Sizes.NONE;
    /** Whether something was given: what was kept before is no longer what goes on. */
    private boolean begun;

    private boolean waiting;
    private boolean warned;
    private boolean stopped;

    /** In bytes, of the table and of the log. */
    private record Sizes(long table, long log) {
        static final Sizes NONE = new Sizes(0, 0);
    }

    /**
     * What was kept.
     *
     * @param isSound whether the log can go on
     */
    private record Kept(HeldNames names, Sizes sizes, boolean isSound) {}

    public KeptNames(Loop loop, Path folder) {
        this.loop = loop;
        this.table = folder.resolve("names.json");
        this.log = folder.resolve("names.log");
    }

    /** What was kept last of this cluster; null: nothing that can be used. */
    Future<@Nullable HeldNames> read(String cluster) {
        return loop.<@Nullable Kept>blocking(() -> Files.exists(table) ? kept(cluster) : null)
                .<@Nullable HeldNames>map(kept -> {
                    if (kept == null) {
                        return null;
                    }
                    if (!begun) {
                        sizes = kept.sizes();
                        isWholeDue = !kept.isSound();
                    }
                    return kept.names();
                })
                .otherwise(why -> {
                    LOG.warn("{} can't be read, and is begun anew: {}", table, why.getMessage());
                    return null;
                });
    }

    private @Nullable Kept kept(String cluster) throws IOException {
        byte[] bytes = Files.readAllBytes(table);
        NamesPage page = WireCodec.decode(bytes, NamesPage.class);
        if (!page.cluster().equals(cluster)) {
            return null;
        }
        HeldNames names = HeldNames.NONE.with(page).known(page.digest());
        boolean isAllKnown = FORM.equals(page.form());
        byte[] lines = Files.exists(log) ? Files.readAllBytes(log) : new byte[0];
        boolean sound = lines.length == 0 || lines[lines.length - 1] == '\n';
        for (String line : new String(lines, StandardCharsets.UTF_8).split("\n")) {
            try {
                NamesPage change = line.isEmpty()
                        ? null
                        : WireCodec.decode(line.getBytes(StandardCharsets.UTF_8), NamesPage.class);
                // what the table was written after is in it
                if (change != null
                        && change.cluster().equals(cluster)
                        && String.valueOf(names.digest()).equals(change.from())) {
                    names = names.with(change).known(change.digest());
                    isAllKnown &= FORM.equals(change.form());
                }
            } catch (RuntimeException e) {
                // the agent, or its host, ended while it was written
                return new Kept(isAllKnown ? names : names.known(NOBODYS), Sizes.NONE, false);
            }
        }
        return isAllKnown
                ? new Kept(names, new Sizes(bytes.length, lines.length), sound)
                : new Kept(names.known(NOBODYS), Sizes.NONE, false);
    }

    private static String form(Class<?>... entries) {
        List<String> fields = Stream.of(entries)
                .flatMap(entry -> Arrays.stream(entry.getRecordComponents()))
                .map(RecordComponent::getName)
                .toList();
        return Integer.toHexString(fields.hashCode());
    }

    /**
     * Soon, all of it.
     *
     * @param now the table as it is, on any thread
     */
    void keep(Supplier<NamesPage> now) {
        isWholeDue = true;
        changes.clear();
        keepSoon(now);
    }

    /**
     * The same, where only this is another in the table that was given last.
     *
     * @param emptied whether nothing is left in it
     */
    void keep(NamesPage change, boolean emptied, Supplier<NamesPage> now) {
        if (emptied) {
            keep(now);
            return;
        }
        if (!isWholeDue) {
            changes.add(change);
        }
        keepSoon(now);
    }

    private void keepSoon(Supplier<NamesPage> now) {
        newest = now;
        begun = true;
        if (!waiting && !stopped) {
            waiting = true;
            loop.after(TOGETHER, this::write);
        }
    }

    void stop() {
        stopped = true;
    }

    private void write() {
        Supplier<NamesPage> whole = newest;
        newest = null;
        if (whole == null || stopped) {
            waiting = false;
            return;
        }
        List<NamesPage> lines = List.copyOf(changes);
        boolean all = isWholeDue;
        Sizes before = sizes;
        changes.clear();
        isWholeDue = false;
        loop.blocking(() -> all ? writeTable(whole) : append(lines, before, whole))
                .onComplete(result -> {
                    if (result.failed()) {
                        if (!warned) {
                            LOG.warn(
                                    "the names can't be kept: {}",
                                    result.cause().toString());
                        }
                        isWholeDue = true;
                        changes.clear();
                    } else {
                        sizes = result.result();
                    }
                    warned = result.failed();
                    waiting = false;
                    Supplier<NamesPage> later = newest;
                    if (later != null) {
                        keepSoon(later);
                    }
                });
    }

    private Sizes append(List<NamesPage> changed, Sizes before, Supplier<NamesPage> whole) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (NamesPage each : changed) {
            lines.writeBytes(WireCodec.encode(each.kept(FORM)));
            lines.write('\n');
        }
        long length = before.log() + lines.size();
        if (length > Math.max(SHORT_LOG, before.table())) {
            return writeTable(whole);
        }
        DurableFile.appendSecret(log, lines.toByteArray());
        return new Sizes(before.table(), length);
    }

    private Sizes writeTable(Supplier<NamesPage> whole) throws IOException {
        byte[] bytes = WireCodec.encode(whole.get().kept(FORM));
        DurableFile.writeSecret(table, bytes);
        Files.deleteIfExists(log);
        return new Sizes(bytes.length, 0);
    }
}
