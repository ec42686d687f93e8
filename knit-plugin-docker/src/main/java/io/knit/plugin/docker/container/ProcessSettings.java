package io.knit.plugin.docker.container;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Ulimit;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.ScratchSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.network.NodeNetwork;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a container's process is and what is around it, as the engine is told. What is not given is left to the engine. */
final class ProcessSettings {
    /** The engine's {@code json-file} keeps everything by default, until the disk is full. */
    private static final Map<String, String> LOG_LIMITS = Map.of("max-size", "10m", "max-file", "3");

    private static final String JSON_FILE = "json-file";
    private static final String CAP = "CAP_";
    private static final String NO_NEW_PRIVILEGES = "no-new-privileges";

    private final ContainerSpec spec;
    private final String logDriver;

    /** @param logDriver the engine's default, empty if unknown */
    ProcessSettings(ContainerSpec spec, String logDriver) {
        this.spec = spec;
        this.logDriver = logDriver;
    }

    void of(CreateContainerCmd command) {
        ProcessSpec process = spec.process();
        if (!process.user().isEmpty()) {
            command.withUser(process.user());
        }
        if (!process.workdir().isEmpty()) {
            command.withWorkingDir(process.workdir());
        }
        if (process.tty()) {
            command.withTty(true);
        }
        if (process.stdin()) {
            command.withStdinOpen(true).withStdInOnce(spec.inputOnce());
        }
        if (!spec.network().hostname().isEmpty()) {
            command.withHostName(spec.network().hostname());
        }
        if (!spec.network().networks().isEmpty()) {
            command.withAliases(aliases(spec, spec.network().networks().get(0)));
        }
    }

    /** By which the others on a network find it: who asks for the deployment is not to be led to a part of it. */
    static List<String> aliases(ContainerSpec spec, NamedNetwork network) {
        String deployment = spec.labels().containsKey(KnitLabels.PART)
                ? null
                : spec.labels().get(KnitLabels.DEPLOYMENT);
        return Stream.concat(Stream.ofNullable(deployment), network.aliases().stream())
                .distinct()
                .toList();
    }

    static NodeNetwork onEngine(ContainerSpec spec, NamedNetwork network) {
        return new NodeNetwork(spec.labels().getOrDefault(KnitLabels.CLUSTER, ""), network.name(), network.internal());
    }

    void of(HostConfig host) {
        process(host);
        scratch(host);
        network(host);
        log(host);
    }

    private void process(HostConfig host) {
        ProcessSpec process = spec.process();
        if (!process.groupAdd().isEmpty()) {
            host.withGroupAdd(process.groupAdd());
        }
        if (!process.ulimits().isEmpty()) {
            host.withUlimits(process.ulimits().entrySet().stream()
                    .map(limit -> ulimit(limit.getKey(), limit.getValue()))
                    .toList());
        }
        isolation(host);
    }

    private void isolation(HostConfig host) {
        IsolationSpec isolation = spec.isolation();
        if (isolation.privileged()) {
            host.withPrivileged(true);
        }
        if (!isolation.capAdd().isEmpty()) {
            host.withCapAdd(capabilities(isolation.capAdd()));
        }
        if (!isolation.capDrop().isEmpty()) {
            host.withCapDrop(capabilities(isolation.capDrop()));
        }
        host.withSecurityOpts(Stream.concat(
                        spec.noNewPrivileges() ? Stream.of(NO_NEW_PRIVILEGES) : Stream.of(),
                        isolation.securityOpt().stream().map(option -> option.replaceFirst("[:=]", "=")))
                .filter(option -> !option.startsWith(NO_NEW_PRIVILEGES) || option.equals(NO_NEW_PRIVILEGES))
                .distinct()
                .toList());
        if (!isolation.devices().isEmpty()) {
            host.withDevices(
                    isolation.devices().stream().map(ProcessSettings::device).toList());
        }
        if (!isolation.sysctls().isEmpty()) {
            host.withSysctls(isolation.sysctls());
        }
        if (!isolation.pid().isEmpty()) {
            host.withPidMode(isolation.pid());
        }
        if (!isolation.ipc().isEmpty()) {
            host.withIpcMode(isolation.ipc());
        }
    }

    /** {@code /dev/a}, {@code /dev/a:/dev/b}, {@code /dev/a:rw} or {@code /dev/a:/dev/b:rw}. */
    private static Device device(String words) {
        String[] parts = words.split(":", 3);
        boolean elsewhere = parts.length > 1 && parts[1].startsWith("/");
        boolean limited = parts.length > 1 && !parts[parts.length - 1].startsWith("/");
        return new Device(limited ? parts[parts.length - 1] : "rwm", elsewhere ? parts[1] : parts[0], parts[0]);
    }

    private static Ulimit ulimit(String name, String words) {
        String[] parts = words.split(":", 2);
        long soft = Long.parseLong(parts[0]);
        return new Ulimit(name, soft, parts.length == 1 ? soft : Long.parseLong(parts[1]));
    }

    private static Capability[] capabilities(List<String> names) {
        return names.stream()
                .map(name -> Capability.fromValue(name.startsWith(CAP) ? name.substring(CAP.length()) : name))
                .toArray(Capability[]::new);
    }

    private void scratch(HostConfig host) {
        ScratchSpec scratch = spec.scratch();
        if (scratch.readOnly()) {
            host.withReadonlyRootfs(true);
        }
        if (!scratch.tmpfs().isEmpty()) {
            Map<String, String> folders = new LinkedHashMap<>();
            scratch.tmpfs().forEach(words -> {
                String[] parts = words.split(":", 2);
                folders.put(parts[0], parts.length == 1 ? "" : parts[1]);
            });
            host.withTmpFs(folders);
        }
        if (scratch.shmSize() > 0) {
            host.withShmSize(scratch.shmSize());
        }
    }

    private void network(HostConfig host) {
        NetworkSpec network = spec.network();
        if (spec.joins() != null) {
            host.withNetworkMode("container:" + spec.joins());
        } else if (!network.networks().isEmpty()) {
            host.withNetworkMode(onEngine(spec, network.networks().get(0)).onEngine());
        } else if (!network.network().isEmpty()) {
            host.withNetworkMode(network.network());
        }
        if (!network.dns().isEmpty()) {
            host.withDns(network.dns());
        } else if (spec.resolver() != null) {
            host.withDns(spec.resolver().servers())
                    .withDnsSearch(spec.resolver().search());
        }
        if (!network.extraHosts().isEmpty()) {
            host.withExtraHosts(network.extraHosts().stream()
                    .map(ProcessSettings::extraHost)
                    .toArray(String[]::new));
        }
    }

    /** Compose takes {@code =} and brackets, too, and the engine neither. */
    private static String extraHost(String words) {
        String[] parts = words.split("[:=]", 2);
        String address = parts[1];
        boolean bracketed = address.startsWith("[") && address.endsWith("]");
        return parts[0] + ":" + (bracketed ? address.substring(1, address.length() - 1) : address);
    }

    private void log(HostConfig host) {
        LogSpec log = spec.log();
        boolean sized = log.maxSize() > 0 || log.maxFiles() > 0;
        // an engine's own driver may have no sizes: what is to be kept within them is kept in files then
        boolean elsewhere = !logDriver.equals(JSON_FILE) && !logDriver.equals("local");
        String driver = !log.driver().isEmpty() ? log.driver() : sized && elsewhere ? JSON_FILE : logDriver;
        if (log.driver().isEmpty() && !sized && !driver.equals(JSON_FILE)) {
            return;
        }
        Map<String, String> options = new HashMap<>(driver.equals(JSON_FILE) ? LOG_LIMITS : Map.of());
        if (log.maxSize() > 0) {
            options.put("max-size", Long.toString(log.maxSize()));
        }
        if (log.maxFiles() > 0) {
            options.put("max-file", Integer.toString(log.maxFiles()));
        }
        host.withLogConfig(new LogConfig(LogConfig.LoggingType.fromValue(driver), options));
    }
}
