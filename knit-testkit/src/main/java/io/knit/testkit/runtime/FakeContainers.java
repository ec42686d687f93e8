package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The containers of a {@link FakeEngine}, and all that ever happened to them. The engine guards it, and tells of changes. */
final class FakeContainers {
    private final String engine;
    private final Loop loop;
    private final EngineScript script;
    private final FakeImages images;
    private final FakeVolumes volumes;
    private final Map<String, FakeContainer> containers = new LinkedHashMap<>();
    private final Set<String> noAddresses = new HashSet<>();
    private final List<EngineEvent> events = new ArrayList<>();
    /** So many events; asked for after each event of a whole fleet. */
    private volatile int changes;

    private String note = "";
    private long made;

    /** @param engine begins their ids */
    FakeContainers(String engine, Loop loop, EngineScript script, FakeImages images, FakeVolumes volumes) {
        this.engine = engine;
        this.loop = loop;
        this.script = script;
        this.images = images;
        this.volumes = volumes;
    }

    /** A view, the first that was made first. */
    Collection<FakeContainer> all() {
        return containers.values();
    }

    /** Null: there is none of this id. */
    @Nullable
    FakeContainer get(String id) {
        return containers.get(id);
    }

    FakeContainer existing(String id) {
        FakeContainer container = containers.get(id);
        if (container == null) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "no such container: " + id);
        }
        return container;
    }

    private FakeContainer running(String id) {
        FakeContainer container = existing(id);
        if (container.state != ContainerState.RUNNING) {
            throw new KnitException(ErrorCode.RUNTIME_REFUSED, "the container does not run");
        }
        return container;
    }

    boolean isRunning(String id) {
        FakeContainer container = containers.get(id);
        return container != null && container.state == ContainerState.RUNNING;
    }

    /** Whether its host has an address, from now on. */
    void address(String ip, boolean there) {
        if (there) {
            noAddresses.remove(ip);
        } else {
            noAddresses.add(ip);
        }
    }

    List<EngineEvent> events() {
        return events;
    }

    /** How many events there are. Any thread. */
    int changes() {
        return changes;
    }

    /** What there is to note on events now; empty: nothing. */
    String note() {
        return note;
    }

    /** Does something on whose events there is something to note. */
    <T> T noting(String words, Supplier<T> work) {
        note = words;
        try {
            return work.get();
        } finally {
            note = "";
        }
    }

    String create(ContainerSpec spec) {
        for (FakeContainer container : containers.values()) {
            if (container.spec.name().equals(spec.name())) {
                if (container.isSameInstanceAs(spec)) {
                    return container.id;
                }
                throw new KnitException(
                        ErrorCode.RUNTIME_REFUSED, "the name " + spec.name() + " is another container's");
            }
        }
        images.require(spec.image(), spec.process().platform());
        FakeContainer container = next(spec);
        if (spec.joins() != null) {
            FakeContainer main = existing(spec.joins());
            container.volumes.addAll(main.volumes);
            container.files.mountAllOf(main.files);
        }
        volumes.mount(container, images.volumesOf(spec.image()));
        return put(container);
    }

    /** Makes one that is never started, through which a volume is read and written. */
    String reach(String volume, String container, Map<String, String> labels) {
        FakeContainer reaching = next(
                new ContainerSpec(container, "none", List.of(), List.of(), Map.of(), labels, List.of(), List.of()));
        volumes.reach(reaching, volume);
        return put(reaching);
    }

    private FakeContainer next(ContainerSpec spec) {
        return new FakeContainer(engine + "-c" + ++made, spec, loop.now());
    }

    private String put(FakeContainer container) {
        containers.put(container.id, container);
        record(EngineEvent.Kind.CREATED, container, "");
        return container.id;
    }

    /** The one that it started; null: it runs already. */
    @Nullable
    FakeContainer start(String id) {
        FakeContainer container = existing(id);
        if (container.state == ContainerState.RUNNING) {
            return null;
        }
        requirePorts(container);
        container.joined = joined(container);
        container.state = ContainerState.RUNNING;
        container.exit = null;
        container.exitCode = null;
        container.starts++;
        volumes.use(container);
        record(EngineEvent.Kind.STARTED, container, "");
        container.speak(loop.now());
        return container;
    }

    private void requirePorts(FakeContainer container) {
        for (FakeContainer other : containers.values()) {
            if (other.state == ContainerState.RUNNING && container.clashesWith(other)) {
                throw new KnitException(
                        ErrorCode.PORT_IN_USE,
                        "a port of " + container.spec.name() + " is held by " + other.spec.name());
            }
        }
        container.spec.ports().stream()
                .filter(port -> noAddresses.contains(port.hostIp()))
                .findFirst()
                .ifPresent(port -> {
                    throw new KnitException(
                            ErrorCode.NO_SUCH_ADDRESS,
                            "Port " + port.hostIp() + ":" + port.hostPort()
                                    + " can't be bound: the node does not have this address; choose another host_ip");
                });
    }

    /** An engine starts nothing in the network of what does not run. */
    private int joined(FakeContainer container) {
        String other = container.spec.joins();
        if (other == null) {
            return 0;
        }
        FakeContainer main = containers.get(other);
        if (main == null || main.state != ContainerState.RUNNING) {
            throw new KnitException(
                    ErrorCode.RUNTIME_REFUSED, "cannot join network of a non running container: " + other);
        }
        return main.starts;
    }

    /** Whether a container is in the network that the one which it joins has now. */
    boolean hasJoined(String id) {
        FakeContainer container = existing(id);
        String joins = container.spec.joins();
        FakeContainer main = joins == null ? null : containers.get(joins);
        return main != null && main.state == ContainerState.RUNNING && main.starts == container.joined;
    }

    /** If it runs, it does no more. */
    void end(String id, int code) {
        FakeContainer container = containers.get(id);
        if (container != null && container.state == ContainerState.RUNNING) {
            container.end(code, loop.now().plus(script.nextListLag()));
            record(EngineEvent.Kind.ENDED, container, "exit code " + code);
        }
    }

    /** By this signal, which is noted. */
    void end(String id, int code, String signal) {
        if (containers.containsKey(id)) {
            note = signal;
            end(id, code);
            note = "";
        }
    }

    /** Says whether it was there. */
    boolean remove(String id) {
        FakeContainer container = containers.remove(id);
        if (container != null) {
            record(EngineEvent.Kind.REMOVED, container, "");
        }
        return container != null;
    }

    /** A command is run in one that runs. */
    FakeContainer exec(String id, List<String> command) {
        FakeContainer container = running(id);
        record(EngineEvent.Kind.EXECUTED, container, String.join(" ", command));
        return container;
    }

    void signal(String id, String signal) {
        record(EngineEvent.Kind.SIGNALLED, running(id), signal);
    }

    private void record(EngineEvent.Kind kind, FakeContainer container, String detail) {
        events.add(new EngineEvent(
                loop.now(),
                kind,
                container.id,
                container.spec.name(),
                container.spec.labels(),
                (detail + " " + note).strip()));
        changes = events.size();
    }
}
