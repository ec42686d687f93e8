package io.knit.testkit.runtime;

import io.knit.api.spi.runtime.ContainerHealth;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.api.spi.runtime.LogLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A container of a {@link FakeEngine}, which guards it. */
final class FakeContainer {
    private static final Pattern EXIT = Pattern.compile("(?:echo .*; )?exit (\\d+)");

    final String id;
    final ContainerSpec spec;
    final Instant createdAt;
    ContainerState state = ContainerState.CREATED;

    @Nullable
    String exit;

    @Nullable
    Integer exitCode;

    int starts;
    /** Which start of the container that it joins it has the network of; 0: it joins none, or was never started. */
    int joined;
    /** What it wrote, all of it. */
    final List<LogLine> wrote = new ArrayList<>();
    /** Before which of these lines others are gone. */
    final Set<Integer> gaps = new HashSet<>();

    final FakeFiles files = new FakeFiles();
    /** The engine's names of its volumes. */
    final Set<String> volumes = new HashSet<>();

    /** Somebody joined it with its one input. */
    boolean inputGiven;
    /** Who did has left before it was started. */
    boolean inputEnded;

    boolean paused;
    /** What the engine says of the check of its image, while it runs. */
    @Nullable
    ContainerHealth health;
    /** Until then the engine's list says that it runs, though it does not. */
    private Instant listedUntil = Instant.MIN;

    FakeContainer(String id, ContainerSpec spec, Instant createdAt) {
        this.id = id;
        this.spec = spec;
        this.createdAt = createdAt;
    }

    boolean isKnits() {
        return spec.labels().containsKey(KnitLabels.CLUSTER);
    }

    boolean isOf(String cluster) {
        return cluster.equals(spec.labels().get(KnitLabels.CLUSTER));
    }

    boolean isSameInstanceAs(ContainerSpec other) {
        return Stream.of(KnitLabels.INSTANCE, KnitLabels.MAIN)
                .allMatch(key ->
                        Objects.equals(spec.labels().get(key), other.labels().get(key)));
    }

    boolean clashesWith(FakeContainer other) {
        return spec.ports().stream()
                .anyMatch(port -> other.spec.ports().stream().anyMatch(port::clashesWith));
    }

    /** The code with which it ends by itself, or null if it runs until it is stopped. */
    @Nullable
    Integer ownEnd() {
        List<String> words = spec.args().isEmpty() ? spec.command() : spec.args();
        if (words.isEmpty()) {
            return null;
        }
        Matcher matcher = EXIT.matcher(words.get(words.size() - 1));
        return matcher.matches() ? Integer.valueOf(matcher.group(1)) : null;
    }

    /** What it writes as it starts: what its script echoes, or that the image's own program has started. */
    void speak(Instant now) {
        List<String> words = spec.args().isEmpty() ? spec.command() : spec.args();
        if (words.isEmpty()) {
            wrote.add(new LogLine(now, false, true, "started"));
            return;
        }
        for (String step : words.get(words.size() - 1).split(";")) {
            String said = step.strip();
            if (said.startsWith("echo ")) {
                boolean error = said.endsWith(" >&2");
                String text = said.substring(5, said.length() - (error ? 4 : 0));
                wrote.add(new LogLine(now, error, true, text));
            }
        }
    }

    void end(int code, Instant listedUntil) {
        state = ContainerState.EXITED;
        exit = "exit code " + code;
        exitCode = code;
        paused = false;
        this.listedUntil = listedUntil;
    }

    ContainerSnapshot snapshot() {
        boolean stands = paused && state == ContainerState.RUNNING;
        return snapshot(stands ? ContainerState.PAUSED : state, exit, exitCode);
    }

    /** Another one at each start, as an engine gives it. */
    private String address() {
        return "10.0." + starts / 250 + "." + Math.max(1, starts % 250);
    }

    /** As the engine's list shows it, which may lag behind. */
    ContainerSnapshot listed(Instant now) {
        return state == ContainerState.EXITED && now.isBefore(listedUntil)
                ? snapshot(ContainerState.RUNNING, null, null)
                : snapshot();
    }

    private ContainerSnapshot snapshot(ContainerState shown, @Nullable String how, @Nullable Integer code) {
        boolean runs = shown == ContainerState.RUNNING || shown == ContainerState.PAUSED;
        return new ContainerSnapshot(
                id,
                spec.name(),
                shown,
                spec.labels(),
                how,
                createdAt.getEpochSecond(),
                runs ? address() : null,
                runs ? health : null,
                code);
    }
}
