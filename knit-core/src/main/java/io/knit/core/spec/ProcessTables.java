package io.knit.core.spec;

import static io.knit.core.spec.Field.flag;
import static io.knit.core.spec.Field.number;
import static io.knit.core.spec.Field.objects;
import static io.knit.core.spec.Field.size;
import static io.knit.core.spec.Field.text;
import static io.knit.core.spec.Field.textMap;
import static io.knit.core.spec.Field.texts;

import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.ScratchSpec;
import java.util.List;
import java.util.Map;

/** What is in a spec of a container's process and of what is around it: the rows of those records. Each is known to agents by its own name. */
public final class ProcessTables {
    private static final int WORDS = 256;
    private static final int WORD = 32 * 1024;
    private static final int PATH = 4096;
    private static final int SOME = 64;
    private static final int NAME = 64;
    private static final String WHO = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
    private static final String HOST = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?";

    /** What the kernel keeps apart for each container; all others are the host's. */
    private static final String SYSCTLS =
            "net\\.[a-zA-Z0-9_./-]+|fs\\.mqueue\\.[a-z_]+|kernel\\.(msgmax|msgmnb|msgmni|sem"
                    + "|shmall|shmmax|shmmni|shm_rmid_forced)";

    /** An operating system, a CPU and perhaps which of that kind, as images call them. */
    static final String PLATFORM =
            "((linux|windows|freebsd)/((386|amd64|arm64|loong64|mips64le|ppc64le|riscv64|s390x)|amd64/v[1-4]|arm64/v[89]|arm(/v[5-8])?))?";

    private static final String LIMITS =
            "core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack";

    public static final Table<ProcessSpec> PROCESS = Table.of(
            ProcessSpec.class,
            given -> ProcessSpec.DEFAULT,
            texts("entrypoint", ProcessSpec::entrypoint)
                    .entries(WORDS)
                    .length(WORD)
                    .unset(List.of())
                    .unlessGiven("`command`, else the image's")
                    .since("entrypoint")
                    .doc("replaces the entrypoint, with `command` and `args` as its arguments"),
            text("user", ProcessSpec::user)
                    .length(128)
                    .pattern("(" + WHO + "(:" + WHO + ")?)?")
                    .unset("")
                    .unlessGiven("the image's")
                    .since("user")
                    .doc("who the process is: a name or number, perhaps with `:` and a group's"),
            texts("group_add", ProcessSpec::groupAdd)
                    .entries(32)
                    .length(NAME)
                    .pattern(WHO)
                    .unset(List.of())
                    .unlessGiven("none")
                    .since("group_add")
                    .doc("groups that it is in besides, by name or number; at most {entries}"),
            text("workdir", ProcessSpec::workdir)
                    .length(PATH)
                    .unset("")
                    .unlessGiven("the image's")
                    .since("workdir")
                    .doc("absolute path in the container in which it starts"),
            flag("tty", ProcessSpec::tty).since("tty").doc("whether it has a terminal"),
            flag("stdin", ProcessSpec::stdin)
                    .since("stdin")
                    .doc(
                            "whether [its input is open](process.md#its-input) for who attaches; else there is nothing for it to read"),
            textMap("ulimits", ProcessSpec::ulimits)
                    .entries(SOME)
                    .keys(NAME, LIMITS)
                    .length(41)
                    .unset(Map.of())
                    .unlessGiven("the engine's")
                    .since("ulimits")
                    .doc(
                            "limits of the process by name, such as `nofile`: a number for both, or `soft:hard`; `-1` is none"),
            text("platform", ProcessSpec::platform)
                    .length(NAME)
                    .pattern(PLATFORM)
                    .unset("")
                    .unlessGiven("as the node's engine chooses")
                    .since("platform")
                    .doc("[the platform](spec.md#platforms) that its image is for, such as `linux/arm64`:"
                            + " only nodes of it are asked")
                    .form("Platform", "of the image, if not as the node has it"));

    public static final Table<IsolationSpec> ISOLATION = Table.of(
            IsolationSpec.class,
            given -> IsolationSpec.DEFAULT,
            flag("privileged", IsolationSpec::privileged)
                    .since("privileged")
                    .doc(
                            "`true`: it may do what its host may; see [what a host allows](process.md#what-a-host-allows)"),
            texts("cap_add", IsolationSpec::capAdd)
                    .entries(SOME)
                    .length(NAME)
                    .unset(List.of())
                    .unlessGiven("none")
                    .since("cap_add")
                    .doc("capabilities that it has besides the engine's usual ones, such as `NET_ADMIN`, or `ALL`"),
            texts("cap_drop", IsolationSpec::capDrop)
                    .entries(SOME)
                    .length(NAME)
                    .unset(List.of())
                    .unlessGiven("none")
                    .since("cap_drop")
                    .doc("capabilities of the engine's usual ones that it has not, such as `NET_RAW`, or `ALL`"),
            texts("security_opt", IsolationSpec::securityOpt)
                    .entries(16)
                    .length(256)
                    .unset(List.of())
                    .unlessGiven("none")
                    .since("security_opt")
                    .doc(
                            "`no-new-privileges`, `seccomp=unconfined`, `apparmor=PROFILE`, `label=disable`, `label=type:TYPE` or `systempaths=unconfined`"),
            texts("devices", IsolationSpec::devices)
                    .entries(SOME)
                    .length(512)
                    .unset(List.of())
                    .unlessGiven("none")
                    .since("devices")
                    .doc(
                            "devices of the host: its path, perhaps with `:` and the one in the container, and what may be done of `rwm`"),
            textMap("sysctls", IsolationSpec::sysctls)
                    .entries(SOME)
                    .keys(256, SYSCTLS)
                    .length(PATH)
                    .unset(Map.of())
                    .unlessGiven("none")
                    .since("sysctls")
                    .doc(
                            "settings of the kernel that are the container's own: `net.*`, `fs.mqueue.*`, and of `kernel.` `msgmax msgmnb msgmni sem shmall shmmax shmmni shm_rmid_forced`"),
            text("pid", IsolationSpec::pid)
                    .length(NAME)
                    .pattern("(host)?")
                    .unset("")
                    .unlessGiven("its own")
                    .since("pid")
                    .doc("`host`: it [sees its host's processes](process.md#its-hosts-processes-and-shared-memory)"),
            text("ipc", IsolationSpec::ipc)
                    .length(NAME)
                    .pattern("(host)?")
                    .unset("")
                    .unlessGiven("its own")
                    .since("ipc")
                    .doc(
                            "`host`: it has its host's [shared memory](process.md#its-hosts-processes-and-shared-memory) and `/dev/shm`"));

    public static final Table<ScratchSpec> SCRATCH = Table.of(
            ScratchSpec.class,
            given -> ScratchSpec.DEFAULT,
            flag("read_only", ScratchSpec::readOnly)
                    .since("read_only")
                    .doc("`true`: nothing can be written but what is mounted, such as `tmpfs`"),
            texts("tmpfs", ScratchSpec::tmpfs)
                    .entries(32)
                    .length(PATH)
                    .unset(List.of())
                    .unlessGiven("none")
                    .since("tmpfs")
                    .doc(
                            "folders in memory: an absolute path, perhaps with `:` and `size=`, `mode=`, `uid=`, `gid=`, `nr_inodes=`, `exec`, `noexec`, `ro`, `rw`, parted by commas; at most {entries}"),
            size("shm_size", ScratchSpec::shmSize, 64L << 10, 1L << 40, ", or leave it out for 64MiB")
                    .unlessGiven("`64MiB`")
                    .since("shm_size")
                    .doc("how large `/dev/shm` is, {range}"));

    public static final Table<NamedNetwork> NAMED = Table.of(
            NamedNetwork.class,
            given -> new NamedNetwork(given.text("name"), List.of()),
            text("name", NamedNetwork::name)
                    .required()
                    .length(63)
                    .pattern("[a-z0-9][a-z0-9_.-]*")
                    .doc("of the cluster's, 1–{length} of `a-z 0-9 _ . -`"),
            texts("aliases", NamedNetwork::aliases)
                    .entries(16)
                    .length(63)
                    .pattern("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
                    .doc("names by which others on it find it, besides the deployment's; at most {entries}"),
            flag("internal", NamedNetwork::internal)
                    .since("networks.internal")
                    .doc(
                            "`true`: it leads [nowhere else](process.md#internal-networks), and nothing reaches in from there"));

    public static final Table<NetworkSpec> NETWORK = Table.of(
            NetworkSpec.class,
            given -> NetworkSpec.DEFAULT,
            text("network", NetworkSpec::network)
                    .length(NAME)
                    .pattern("(bridge|host|none)?")
                    .unset("")
                    .unlessGiven("the engine's bridge")
                    .since("network")
                    .doc("`bridge`, the engine's; `host`, the host's own; `none`, loopback alone"),
            text("hostname", NetworkSpec::hostname)
                    .length(63)
                    .pattern("(" + HOST + "(\\." + HOST + ")*)?")
                    .unset("")
                    .unlessGiven("the engine's choice")
                    .since("hostname")
                    .doc("what the container calls itself, 1–{length} of `A-Z a-z 0-9 - .`"),
            texts("dns", NetworkSpec::dns)
                    .entries(3)
                    .length(45)
                    .unset(List.of())
                    .unlessGiven("the engine's choice")
                    .since("dns")
                    .doc("addresses of the servers that it asks for names; at most {entries}, for no more are asked"),
            texts("extra_hosts", NetworkSpec::extraHosts)
                    .entries(WORDS)
                    .length(320)
                    .unset(List.of())
                    .unlessGiven("none")
                    .since("extra_hosts")
                    .doc("names in its `/etc/hosts`: `name:address`, or `name:host-gateway` for its host"),
            objects("networks", NetworkSpec::networks, NAMED)
                    .entries(8)
                    .unset(List.of())
                    .unlessGiven("none")
                    .since("networks")
                    .doc(
                            "[networks of the node](process.md#networks) on which containers find each other by name; at most {entries}"));

    public static final Table<LogSpec> LOG = Table.of(
            LogSpec.class,
            given -> LogSpec.DEFAULT,
            text("driver", LogSpec::driver)
                    .length(NAME)
                    .pattern("(json-file|local|journald|syslog|none)?")
                    .unset("")
                    .unlessGiven("the engine's")
                    .doc(
                            "`json-file`, `local`, `journald`, `syslog` or `none`; with `none` nobody can read them, with `syslog` it depends on the engine"),
            size("max_size", LogSpec::maxSize, 4L << 10, 1L << 30, ", or leave it out for the engine's")
                    .unlessGiven("`10MiB` with `json-file`, else the engine's")
                    .doc("how large a file may grow until the next is begun, {range}; with `json-file` and `local`"),
            number("max_files", LogSpec::maxFiles, 0, 20)
                    .unset(0)
                    .unlessGiven("3 with `json-file`, else the engine's")
                    .doc("so many files are kept, {range}; with `json-file` and `local`; 0: unless given"));

    private ProcessTables() {}
}
