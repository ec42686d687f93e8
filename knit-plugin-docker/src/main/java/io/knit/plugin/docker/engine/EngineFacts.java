package io.knit.plugin.docker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Info;
import io.knit.api.model.Capacity;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The engine's version and capacity, asked once and again after a while or when the engine was started again. Where it does not
 * answer, what it said last still stands: it is no reason to hide the containers.
 */
public final class EngineFacts {
    private final Lane reads;
    private final Engine engine;
    private @Nullable Facts last;
    private @Nullable Future<Facts> current;

    public EngineFacts(Lane reads, Engine engine) {
        this.reads = reads;
        this.engine = engine;
    }

    /**
     * What the engine says of itself.
     *
     * @param version {@code 20.10.24}
     * @param logDriver what containers get that ask for none
     * @param os {@code linux}; empty if it does not say
     * @param cpu {@code x86_64}; empty if it does not say
     * @param id which engine it is; empty if it does not say, or not the same twice
     * @param kernel its version; empty if it does not say
     * @param remapped whether containers run in a user namespace of their own
     */
    public record Facts(
            String version,
            Capacity capacity,
            String logDriver,
            String os,
            String cpu,
            String id,
            String kernel,
            boolean remapped) {
        /** The version's first number, 0 if it has none. */
        public int major() {
            String digits = version.split("\\D", 2)[0];
            return digits.isEmpty() || digits.length() > 4 ? 0 : Integer.parseInt(digits);
        }
    }

    public Future<Facts> get() {
        Future<Facts> asked;
        synchronized (this) {
            if (current != null) {
                return current;
            }
            asked = reads.call("asking for its version", engine.deadlines().read(), this::read)
                    .map(this::keep)
                    .recover(this::lastKnown);
            current = asked;
        }
        asked.onComplete(result -> {
            if (result.failed()) {
                forget(asked);
            } else {
                engine.after(engine.deadlines().factsAge(), () -> forget(asked));
            }
        });
        return asked;
    }

    /** The engine was started again, perhaps as another version. */
    public synchronized void forget() {
        current = null;
    }

    /** The host's CPU as the engine last called it; empty if it never did. */
    public synchronized String cpu() {
        return last == null ? "" : last.cpu();
    }

    private synchronized void forget(Future<Facts> old) {
        if (current == old) {
            current = null;
        }
    }

    private synchronized Facts keep(Facts facts) {
        last = facts;
        return facts;
    }

    private synchronized Future<Facts> lastKnown(Throwable why) {
        return last == null ? Future.failedFuture(why) : Future.succeededFuture(last);
    }

    private Facts read(DockerClient client) {
        Info info = client.infoCmd().exec();
        String version = info.getServerVersion();
        Integer cpus = info.getNCPU();
        Long memory = info.getMemTotal();
        String driver = info.getLoggingDriver();
        String cpu = info.getArchitecture();
        return new Facts(
                version == null ? "unknown" : version,
                cpus == null || memory == null ? Capacity.UNKNOWN : new Capacity(cpus, memory),
                driver == null ? "" : driver,
                info.getOsType() == null ? "" : info.getOsType(),
                cpu == null ? "" : cpu,
                id(client, info.getId()),
                info.getKernelVersion() == null ? "" : info.getKernelVersion(),
                isRemapped(info.getSecurityOptions()));
    }

    private static boolean isRemapped(@Nullable List<String> options) {
        return options != null
                && options.stream().anyMatch(option -> option.contains("rootless") || option.contains("userns"));
    }

    /** Podman's answer for Docker's clients has a new id each time: who asked such an engine would take it for two. */
    private String id(DockerClient client, @Nullable String told) {
        if (told == null || told.equals(lastId())) {
            return told == null ? "" : told;
        }
        return told.equals(client.infoCmd().exec().getId()) ? told : "";
    }

    private synchronized String lastId() {
        return last == null ? "" : last.id();
    }
}
