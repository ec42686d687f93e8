package io.knit.core.agent.session;

import io.knit.api.model.Peer;
import io.knit.api.spi.loop.Loop;
import io.knit.core.agent.disk.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's address on the mesh, as files of containers have it: kept in {@code mesh-ip}. While nobody answers the last one stands, over a start of
 * the agent and of the host, too; an answer that there is none counts when it is given twice, for a daemon that has only just begun is on no mesh yet.
 * A file would lose the address otherwise, and its program would listen on all. Only on the loop.
 */
public final class KeptMeshIp {
    private static final Logger LOG = LoggerFactory.getLogger(KeptMeshIp.class);
    private static final String FILE = "mesh-ip";
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private final Loop loop;
    private final Path file;
    private @Nullable String present;
    private @Nullable String onDisk;
    private boolean none;
    private boolean saving;

    /** @param kept as {@link #read} */
    public KeptMeshIp(Loop loop, Path dataDir, @Nullable String kept) {
        this.loop = loop;
        this.file = dataDir.resolve(FILE);
        this.present = kept;
        this.onDisk = kept;
    }

    /** What was kept; null: nothing that is an address. Blocks. */
    public static @Nullable String read(Path dataDir) {
        Path file = dataDir.resolve(FILE);
        try {
            String text = Files.exists(file) ? Files.readString(file).strip() : "";
            return ADDRESS.matcher(text).matches() ? text : null;
        } catch (IOException e) {
            LOG.debug("{} can't be read, and is asked for: {}", file, e.toString());
            return null;
        }
    }

    /** Null: it is on no mesh, or nobody has said yet on which. */
    public @Nullable String get() {
        return present;
    }

    /**
     * The mesh answered.
     *
     * @return whether the address is another now
     */
    public boolean told(Optional<Peer> self) {
        String ip = self.map(Peer::meshIp).orElse(null);
        boolean counts = ip != null || none;
        none = ip == null;
        boolean other = counts && !Objects.equals(ip, present);
        if (other) {
            present = ip;
        }
        save();
        return other;
    }

    /** What the disk does not take is tried at the next answer. */
    private void save() {
        String ip = present;
        if (saving || Objects.equals(ip, onDisk)) {
            return;
        }
        saving = true;
        loop.blocking(() -> {
                    if (ip == null) {
                        Files.deleteIfExists(file);
                    } else {
                        DurableFile.writeSecret(file, ip.getBytes(StandardCharsets.US_ASCII));
                    }
                    return null;
                })
                .onComplete(done -> saving = false)
                .onSuccess(done -> onDisk = ip)
                .onFailure(why -> LOG.debug("{} can't be written: {}", file, why.toString()));
    }
}
