package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.DUPLICATE_VALUE;
import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PortSpec;
import io.knit.core.rules.IpAddress;
import io.knit.core.rules.node.PlatformWords;
import io.knit.core.rules.process.Capability;
import io.knit.core.rules.process.DeviceWords;
import io.knit.core.rules.process.HostWords;
import io.knit.core.rules.process.SecurityWords;
import io.knit.core.rules.process.TmpfsWords;
import io.knit.core.rules.process.UlimitWords;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.ProcessTables;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.WholeText;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A container's process and what is around it. Numbers and sizes are {@link NumberRules}'. */
final class ProcessRules {
    private static final Set<String> SIZED = Set.of("", "json-file", "local");
    static final String PERSON = " is no user; give a name or number, perhaps with a group: \"app\", \"1000:1000\"";
    private static final String GROUP = " is no group; give its name or number";
    private static final String HOSTNAME =
            " is no host name; give letters, digits and -, in parts that . divides, each starting and ending with a letter or digit";

    private static final FieldLimits ALIASES =
            ProcessTables.NAMED.field("aliases").limits();

    private final Refusals refusals;

    private ProcessRules(Refusals refusals) {
        this.refusals = refusals;
    }

    static void check(DeploymentSpec spec, Refusals refusals) {
        ProcessRules rules = new ProcessRules(refusals);
        rules.process(spec);
        rules.isolation(spec.isolation());
        rules.shares(spec);
        rules.surroundings(spec);
        rules.network(spec);
        rules.networks(spec);
        rules.log(spec.log());
    }

    private void process(DeploymentSpec spec) {
        Admission.words("/entrypoint", spec.process().entrypoint(), refusals);
        text("user", spec.process().user(), PERSON);
        list("group_add", spec.process().groupAdd(), word -> limits("group_add").has(word) ? null : GROUP);
        workdir(spec.process().workdir());
        map(
                "ulimits",
                spec.process().ulimits(),
                UlimitWords::fault,
                "is no limit of a process; give one such as nofile");
        platform("/platform", spec.process().platform(), refusals);
    }

    /** Of any container. */
    static void platform(String pointer, String platform, Refusals refusals) {
        String fault = platform.isEmpty() ? null : PlatformWords.fault(platform);
        if (fault != null) {
            refusals.add(pointer, INVALID_VALUE, "platform " + Pointers.quoted(platform) + fault);
        }
    }

    private void isolation(IsolationSpec isolation) {
        list("cap_add", isolation.capAdd(), Capability::fault);
        list("cap_drop", isolation.capDrop(), Capability::fault);
        List<String> added = isolation.capAdd().stream().map(Capability::bare).toList();
        for (int i = 0; i < isolation.capDrop().size() && !refusals.full(); i++) {
            if (added.contains(Capability.bare(isolation.capDrop().get(i)))) {
                refusals.add(
                        "/cap_drop/" + i,
                        INVALID_VALUE,
                        "cap_drop: " + Pointers.quoted(isolation.capDrop().get(i))
                                + " is in cap_add, too; leave one out");
            }
        }
        list("security_opt", isolation.securityOpt(), SecurityWords::fault);
        list("devices", isolation.devices(), DeviceWords::fault);
    }

    /** What it has of its host's is set there. */
    private void shares(DeploymentSpec spec) {
        IsolationSpec isolation = spec.isolation();
        text("pid", isolation.pid(), " is no one's processes; give host, or leave it out for its own");
        text("ipc", isolation.ipc(), " is no one's shared memory; give host, or leave it out for its own");
        if (isolation.ipc().equals(IsolationSpec.HOST)) {
            isolation.sysctls().keySet().stream()
                    .filter(key -> key.startsWith("kernel.") || key.startsWith("fs.mqueue."))
                    .forEach(key -> refusals.add(
                            Pointers.child("/sysctls", key),
                            INVALID_VALUE,
                            "sysctls: " + Pointers.quoted(key) + " is the host's with ipc host; set it there"));
            if (spec.scratch().shmSize() > 0) {
                refusals.add(
                        "/shm_size",
                        INVALID_VALUE,
                        "shm_size: with ipc host /dev/shm is the host's, as large as that; leave one of them out");
            }
        }
    }

    private void surroundings(DeploymentSpec spec) {
        map(
                "sysctls",
                spec.isolation().sysctls(),
                value -> value.isEmpty() ? " is empty; give a value" : null,
                "is the host's, or no setting; a container has net.*, fs.mqueue.*, and of kernel.* those of messages, semaphores and shared memory");
        list("tmpfs", spec.scratch().tmpfs(), TmpfsWords::fault);
        mountedTwice(spec);
        text("hostname", spec.network().hostname(), HOSTNAME);
        list(
                "dns",
                spec.network().dns(),
                word -> IpAddress.canonical(word) == null ? " is not an IP address; give a name server's" : null);
        list("extra_hosts", spec.network().extraHosts(), HostWords::fault);
    }

    private void network(DeploymentSpec spec) {
        String network = spec.network().network();
        text("network", network, " is no network; give bridge, host or none; named ones stand in networks");
        boolean none = network.equals(NetworkSpec.NONE);
        for (int i = 0; i < spec.ports().size() && !refusals.full(); i++) {
            PortSpec port = spec.ports().get(i);
            if (none) {
                refusals.add(
                        "/ports/" + i,
                        INVALID_VALUE,
                        "ports: with network none nothing is published; leave one of them out");
            } else if (network.equals(NetworkSpec.HOST) && port.hostPort() != port.containerPort()) {
                refusals.add(
                        "/ports/" + i + "/host_port",
                        INVALID_VALUE,
                        "host_port is " + port.hostPort()
                                + "; with network host the program itself takes the port: give its "
                                + port.containerPort());
            } else if (network.equals(NetworkSpec.HOST) && port.relay()) {
                refusals.add(
                        "/ports/" + i + "/relay",
                        INVALID_VALUE,
                        "relay: with network host the program itself takes the port, and nothing is handed on; leave one of them out");
            }
        }
        if (!spec.expose().isEmpty() && (none || network.equals(NetworkSpec.HOST))) {
            refusals.add(
                    "/expose",
                    INVALID_VALUE,
                    none
                            ? "expose: with network none nothing is published; leave one of them out"
                            : "expose: with network host the program itself takes the port, on addresses of its choosing; leave expose out, and name it in ports");
        }
        if (none && (spec.health().http() != null || spec.health().tcp() != null)) {
            refusals.add(
                    "/health",
                    INVALID_VALUE,
                    "health connects to the container, which with network none has no address; give exec");
        }
        if (network.equals(NetworkSpec.HOST)) {
            spec.isolation().sysctls().keySet().stream()
                    .filter(key -> key.startsWith("net."))
                    .forEach(key -> refusals.add(
                            Pointers.child("/sysctls", key),
                            INVALID_VALUE,
                            "sysctls: " + Pointers.quoted(key) + " is the host's with network host; set it there"));
        }
    }

    private void networks(DeploymentSpec spec) {
        NetworkSpec network = spec.network();
        List<NamedNetwork> all = network.networks();
        FieldLimits limits = limits("networks");
        if (all.size() > limits.entries()) {
            refusals.add(
                    "/networks",
                    TOO_LARGE,
                    "networks has " + all.size() + " entries; give " + limits.entries() + " at most");
            return;
        }
        if (!all.isEmpty() && !network.network().isEmpty()) {
            refusals.add(
                    "/networks",
                    INVALID_VALUE,
                    "networks: with network " + network.network() + " it is on no other; leave one of them out");
        }
        boolean published = !spec.expose().isEmpty() || spec.ports().stream().anyMatch(port -> !port.relay());
        if (published && !all.isEmpty() && all.stream().allMatch(NamedNetwork::internal)) {
            refusals.add(
                    "/networks",
                    INVALID_VALUE,
                    "networks: on internal ones alone nothing of it is published; leave ports and expose out, or have it on one more that is not internal");
        }
        Set<String> before = new HashSet<>();
        for (int i = 0; i < all.size() && !refusals.full(); i++) {
            String name = all.get(i).name();
            String fault = !ProcessTables.NAMED.field("name").limits().has(name)
                    ? " is no name of a network; give 1 to 63 of a-z 0-9 _ . -, starting with a letter or digit"
                    : before.add(name) ? null : " is given twice; leave one out";
            if (fault != null) {
                refusals.add("/networks/" + i + "/name", INVALID_VALUE, "networks: " + Pointers.quoted(name) + fault);
            }
            list(
                    "networks/" + i + "/aliases",
                    ALIASES,
                    all.get(i).aliases(),
                    word -> ALIASES.has(word)
                            ? null
                            : " is no name to be found by; give at most 63 of a-z 0-9 _ . -, ending with a letter or digit");
        }
    }

    private void workdir(String path) {
        if (!path.isEmpty() && !path.startsWith("/")) {
            refusals.add(
                    "/workdir",
                    INVALID_VALUE,
                    "workdir " + Pointers.quoted(path) + " is not absolute; start it with /");
        } else if (!limits("workdir").has(path) || hasControls(path)) {
            refusals.add(
                    "/workdir",
                    INVALID_VALUE,
                    "workdir " + Pointers.quoted(path) + " can't be a path; give at most "
                            + limits("workdir").length() + " characters without control characters");
        }
    }

    private void mountedTwice(DeploymentSpec spec) {
        Set<String> taken = new HashSet<>();
        spec.templates().forEach(template -> taken.add(template.destination()));
        spec.secrets().forEach(secret -> taken.add(secret.path()));
        List<String> all = spec.scratch().tmpfs();
        for (int i = 0; i < all.size() && !refusals.full(); i++) {
            if (!taken.add(TmpfsWords.path(all.get(i)))) {
                refusals.add(
                        "/tmpfs/" + i,
                        DUPLICATE_VALUE,
                        "tmpfs: something is mounted at " + Pointers.quoted(TmpfsWords.path(all.get(i)))
                                + " already; leave one out");
            }
        }
    }

    private void log(LogSpec log) {
        if (!ProcessTables.LOG.field("driver").limits().has(log.driver())) {
            refusals.add(
                    "/log/driver",
                    INVALID_VALUE,
                    "log.driver is " + Pointers.quoted(log.driver())
                            + "; give one of json-file, local, journald, syslog, none");
        } else if (!SIZED.contains(log.driver())) {
            String no = "; the driver " + log.driver() + " has none: leave it out, or use json-file or local";
            if (log.maxSize() != 0) {
                refusals.add("/log/max_size", INVALID_VALUE, "log.max_size is given" + no);
            }
            if (log.maxFiles() != 0) {
                refusals.add("/log/max_files", INVALID_VALUE, "log.max_files is given" + no);
            }
        }
    }

    private void text(String field, String text, String fault) {
        if (!limits(field).has(text)) {
            refusals.add("/" + field, INVALID_VALUE, field + " " + Pointers.quoted(text) + fault);
        }
    }

    private void list(String field, List<String> words, Function<String, @Nullable String> judge) {
        list(field, limits(field), words, judge);
    }

    private void list(String field, FieldLimits limits, List<String> words, Function<String, @Nullable String> judge) {
        if (words.size() > limits.entries()) {
            refusals.add(
                    "/" + field,
                    TOO_LARGE,
                    field + " has " + words.size() + " entries; give " + limits.entries() + " at most");
            return;
        }
        Set<String> before = new HashSet<>();
        for (int i = 0; i < words.size() && !refusals.full(); i++) {
            String word = words.get(i);
            String fault = word.length() > limits.length() || hasControls(word)
                    ? " is too long or has control characters; give at most " + limits.length() + " printable ones"
                    : judge.apply(word);
            if (fault == null && !before.add(word)) {
                fault = " is given twice; leave one out";
            }
            if (fault != null) {
                refusals.add("/" + field + "/" + i, INVALID_VALUE, field + ": " + Pointers.quoted(word) + fault);
            }
        }
    }

    private void map(String field, Map<String, String> all, Function<String, @Nullable String> judge, String noKey) {
        Admission.entries("/" + field, all, refusals);
        FieldLimits limits = limits(field);
        all.forEach((key, value) -> {
            String pointer = Pointers.child("/" + field, key);
            if (!limits.hasKey(key)) {
                refusals.add(pointer, INVALID_VALUE, field + ": " + Pointers.quoted(key) + " " + noKey);
                return;
            }
            String fault = value.length() > limits.length() || hasControls(value)
                    ? " is too long or has control characters; give at most " + limits.length() + " printable ones"
                    : judge.apply(value);
            if (fault != null) {
                refusals.add(pointer, INVALID_VALUE, field + "." + key + " " + Pointers.quoted(value) + fault);
            }
        });
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(c -> c < ' ' || c == 0x7f) || WholeText.fault(text) != null;
    }

    private static FieldLimits limits(String field) {
        return SpecTable.SPEC.field(field).limits();
    }
}
