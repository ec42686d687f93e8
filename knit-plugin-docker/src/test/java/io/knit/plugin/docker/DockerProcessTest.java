package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.ScratchSpec;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.ShellRequest;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a spec says of a container's process and of what is around it, as a program within sees it. */
class DockerProcessTest extends RealEngineTest {
    private static final ProcessSpec PROCESS = new ProcessSpec(
            List.of(), "1000:1001", List.of("44"), "/tmp", false, Map.of("nofile", "100:200", "core", "0"));

    private static final IsolationSpec ISOLATION =
            dropping(List.of("CAP_NET_RAW", "MKNOD"), Map.of("net.core.somaxconn", "77"));

    private static final ScratchSpec SCRATCH =
            new ScratchSpec(true, List.of("/run:size=1m,mode=700,uid=1000", "/scratch"), 2L << 20);

    private static final NetworkSpec NETWORK = new NetworkSpec(
            "",
            "web.example",
            List.of("10.1.2.3", "10.1.2.4"),
            List.of("db:10.0.0.7", "six=[fd00::7]", "me:host-gateway"));

    private static IsolationSpec dropping(List<String> capabilities, Map<String, String> sysctls) {
        return new IsolationSpec(false, List.of(), capabilities, List.of(), List.of(), sysctls);
    }

    private static ContainerSpec with(
            ContainerSpec spec,
            ProcessSpec process,
            IsolationSpec isolation,
            ScratchSpec scratch,
            NetworkSpec network,
            LogSpec log) {
        return new ContainerSpec(
                spec.name(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.env(),
                spec.labels(),
                spec.ports(),
                spec.mounts(),
                spec.init(),
                spec.noNewPrivileges(),
                spec.resources(),
                process,
                isolation,
                scratch,
                network,
                log);
    }

    private static ContainerSpec with(ContainerSpec spec, LogSpec log) {
        return with(spec, ProcessSpec.DEFAULT, IsolationSpec.DEFAULT, ScratchSpec.DEFAULT, NetworkSpec.DEFAULT, log);
    }

    private static ContainerSpec with(ContainerSpec spec, IsolationSpec isolation, String network) {
        NetworkSpec on = new NetworkSpec(network, "", List.of(), List.of());
        return with(spec, ProcessSpec.DEFAULT, isolation, ScratchSpec.DEFAULT, on, LogSpec.DEFAULT);
    }

    private String started(ContainerSpec spec) {
        String id = await(runtime.create(spec));
        await(runtime.start(id));
        return id;
    }

    /** What a program wrote that has ended. */
    private String written(String id) {
        Awaitility.await().until(() -> seen(id).state() == ContainerState.EXITED);
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        await(runtime.logs(id, new LogQuery(false, null, null), line -> {
                    lines.add(line.text());
                    return Future.succeededFuture();
                })
                .ended());
        return String.join("\n", lines);
    }

    @Test
    void aProgramSeesWhatItsSpecSays() {
        String id = started(with(
                engine.spec(
                        "all",
                        "sh",
                        "-c",
                        "b=/bin/busybox; echo who $($b id -u) $($b id -g) $($b id -G); echo in $PWD; echo files $(ulimit -Sn) $(ulimit -Hn);"
                                + " echo core $(ulimit -c); $b hostname; $b cat /proc/sys/net/core/somaxconn; $b grep CapBnd /proc/self/status;"
                                + " $b cat /etc/resolv.conf /etc/hosts; $b grep -E ' (/run|/scratch|/dev/shm) ' /proc/mounts;"
                                + " touch /tmp/x || echo read-only; touch /run/x && echo writes; test -t 1 || echo no terminal"),
                PROCESS,
                ISOLATION,
                SCRATCH,
                NETWORK,
                LogSpec.DEFAULT));
        String text = written(id).replace('\t', ' ');

        assertThat(text).contains("who 1000 1001 1001 44").contains("in /tmp");
        assertThat(text).contains("files 100 200").contains("core 0");
        assertThat(text).contains("web.example").containsPattern("(?m)^77$");
        // of the engine's usual ones without NET_RAW (13) and MKNOD (27)
        assertThat(text).contains("CapBnd: 00000000a00405fb");
        assertThat(text).contains("nameserver 10.1.2.3\nnameserver 10.1.2.4");
        assertThat(text).contains("10.0.0.7 db").contains("fd00::7 six").containsPattern("(?m)^[0-9.]+ me$");
        assertThat(text).containsPattern("/run tmpfs rw,nosuid,nodev,noexec,\\S*size=1024k,mode=700,uid=1000");
        assertThat(text).containsPattern("/scratch tmpfs rw").containsPattern("/dev/shm tmpfs \\S*size=2048k");
        assertThat(text).contains("read-only").contains("writes").contains("no terminal");
    }

    @Test
    void aProgramReachesItsHostAsItsSpecSays() throws IOException {
        IsolationSpec isolation = new IsolationSpec(
                false,
                List.of("CAP_NET_ADMIN"),
                List.of("ALL"),
                List.of("no-new-privileges:true", "seccomp:unconfined"),
                List.of("/dev/null:/dev/other:rw", "/dev/zero"),
                Map.of(),
                "host",
                "host");
        String id = started(with(
                engine.spec(
                        "reaches",
                        "sh",
                        "-c",
                        "b=/bin/busybox; $b grep -E 'CapBnd|CapEff|NoNewPrivs|Seccomp:' /proc/self/status; test -c /dev/other && echo a device;"
                                + " $b ls /sys/class/net; $b readlink /proc/self/ns/pid; $b readlink /proc/self/ns/ipc"),
                isolation,
                "none"));
        String text = written(id).replace('\t', ' ');

        // NET_ADMIN (12) alone
        assertThat(text).contains("CapEff: 0000000000001000").contains("CapBnd: 0000000000001000");
        assertThat(text).contains("NoNewPrivs: 1").contains("Seccomp: 0").contains("a device");
        assertThat(text).contains("lo").doesNotContain("eth0");
        assertThat(text)
                .contains(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString())
                .contains(Files.readSymbolicLink(Path.of("/proc/self/ns/ipc")).toString());
    }

    /** The host of the tests may itself be one that has not all: that it is asked for is what is seen. */
    @Test
    void aPrivilegedProgramIsAskedForAsSuch() {
        IsolationSpec isolation = new IsolationSpec(true, List.of(), List.of(), List.of(), List.of(), Map.of());
        HostConfig all = host(with(engine.spec("privileged", "true"), isolation, "bridge"));
        assertThat(all.getPrivileged()).isTrue();
        assertThat(all.getNetworkMode()).isEqualTo("bridge");
        HostConfig usual = host(engine.spec("unprivileged", "true"));
        assertThat(usual.getPrivileged()).isFalse();
        assertThat(usual.getSecurityOpts()).containsExactly("no-new-privileges");
        assertThat(usual.getCapAdd()).isNullOrEmpty();
    }

    private HostConfig host(ContainerSpec spec) {
        return engine.client
                .inspectContainerCmd(await(runtime.create(spec)))
                .exec()
                .getHostConfig();
    }

    @Test
    void inTheHostsNetworkItsPortsAreItsOwnAndItIsReachedThere() throws Exception {
        int port = freePort();
        ContainerSpec spec = engine.spec(
                "host",
                List.of(new PortBinding("127.0.0.1", port, port, Protocol.TCP)),
                List.of(),
                "httpd",
                "-f",
                "-p",
                "127.0.0.1:" + port,
                "-h",
                "/bin");
        String id = started(with(spec, IsolationSpec.DEFAULT, "host"));

        Awaitility.await().ignoreExceptions().untilAsserted(() -> new Socket("127.0.0.1", port).close());
        assertThat(seen(id).address()).isEqualTo("127.0.0.1");
    }

    @Test
    void aTerminalIsThereIfItIsAskedForAndItsLinesAreRead() {
        ProcessSpec process = new ProcessSpec(List.of(), "", List.of(), "", true, Map.of());
        String id = started(with(
                engine.spec("tty", "sh", "-c", "test -t 1 && echo a terminal; echo two"),
                process,
                IsolationSpec.DEFAULT,
                ScratchSpec.DEFAULT,
                NetworkSpec.DEFAULT,
                LogSpec.DEFAULT));

        assertThat(written(id)).isEqualTo("a terminal\ntwo");
    }

    @Test
    void whatItIsGivenItReadsIfItsInputIsOpen() {
        ProcessSpec process = new ProcessSpec(List.of(), "", List.of(), "", false, true, Map.of());
        String id = started(with(
                engine.spec("stdin", "sh", "-c", "read line; echo got $line"),
                process,
                IsolationSpec.DEFAULT,
                ScratchSpec.DEFAULT,
                NetworkSpec.DEFAULT,
                LogSpec.DEFAULT));
        await(runtime.shell(
                        id,
                        new ShellRequest(List.of(), false, true, 0, 0),
                        bytes -> Future.succeededFuture(),
                        bytes -> Future.succeededFuture())
                .write("hello\n".getBytes(StandardCharsets.UTF_8)));

        assertThat(written(id)).isEqualTo("got hello");
    }

    @Test
    void linesAreKeptWhereAndAsLongAsTheSpecSays() {
        assertThat(log(new LogSpec("", 4096, 0)).getConfig()).containsEntry("max-size", "4096");
        LogConfig local = log(new LogSpec("local", 1L << 20, 2));
        assertThat(local.getType()).isEqualTo(LogConfig.LoggingType.LOCAL);
        assertThat(local.getConfig()).isEqualTo(Map.of("max-size", "1048576", "max-file", "2"));
        LogConfig file = log(new LogSpec("json-file", 0, 5));
        assertThat(file.getConfig()).isEqualTo(Map.of("max-size", "10m", "max-file", "5"));
    }

    private LogConfig log(LogSpec log) {
        return host(with(engine.spec("log" + log.hashCode(), "true"), log)).getLogConfig();
    }

    @Test
    void linesThatNobodyKeepsCanNotBeRead() {
        String id = started(with(engine.spec("none", "sh", "-c", "echo x; sleep 600"), new LogSpec("none", 0, 0)));

        assertThat(failure(runtime.logs(id, new LogQuery(false, null, null), line -> Future.succeededFuture())
                        .ended()))
                .hasMessageContaining("does not support reading");
    }
}
