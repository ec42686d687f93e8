package io.knit.plugin.docker.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.core.agent.engine.Advice;
import io.knit.core.agent.engine.Failure;
import io.knit.core.agent.reconcile.Action;
import io.knit.core.agent.reconcile.ActionKind;
import io.knit.core.agent.reconcile.memory.InstanceMemory;
import io.knit.core.wire.Assignment;
import io.knit.plugin.docker.engine.Cpu;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.plugin.docker.engine.EngineErrors;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What engines old and new say, and what Knit makes of it. */
class WordsTest {
    private static final String ENDPOINT =
            "driver failed programming external connectivity on endpoint web (42448a1073964dc0a044a861): ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Bind for 127.0.0.1:18765 failed: port is already allocated | 127.0.0.1:18765",
                "Bind for [::1]:80 failed: port is already allocated | [::1]:80",
                "Error starting userland proxy: listen tcp4 10.54.0.15:8080: bind: address already in use | 10.54.0.15:8080",
                "failed to bind host port 127.0.0.1:8080/tcp: address already in use | 127.0.0.1:8080",
                "failed to bind host port for 127.0.0.1:8080:172.17.0.2:80/tcp: address already in use | 127.0.0.1:8080"
            })
    void aPortThatIsHeldIsNamed(String said, String port) {
        KnitException error = StartErrors.of(answer(ENDPOINT + said));
        assertThat(error.code()).isEqualTo(ErrorCode.PORT_IN_USE);
        assertThat(error)
                .hasMessage("Port " + port + " is already in use on the node; free it or choose another host_port");
    }

    @Test
    @DisplayName("of a port that nobody chose it is not advised to choose another")
    void assignedPort() {
        Failure held = Failure.of(
                StartErrors.of(answer(ENDPOINT + "Bind for 127.0.0.1:18765 failed: port is already allocated")));
        assertThat(Advice.of(
                        held,
                        begins(DeploymentSpec.builder("web", "web:1").port(80).build())))
                .isEqualTo(
                        "Port 127.0.0.1:18765 is already in use on the node; it was assigned, and the next try takes another one");
        assertThat(Advice.of(
                        held,
                        begins(DeploymentSpec.builder("web", "web:1")
                                .port(80)
                                .port(new PortSpec(null, 18_765, 80, Protocol.TCP))
                                .build())))
                .isEqualTo(held.words());
    }

    private static Action begins(DeploymentSpec spec) {
        Assignment order = new Assignment("web-0-a", "web", 1, 0, Order.RUN, spec, "hash", List.of());
        return new Action(ActionKind.START, "web-0-a", order, null, null, "", InstanceMemory.NEW, null);
    }

    @Test
    void anUnknownWordingOfAHeldPortIsStillPortInUse() {
        assertThat(StartErrors.of(answer("the gate is shut: address already in use"))
                        .getMessage())
                .startsWith("A published port is already in use");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container "
                        + "process: exec: \"x\": executable file not found in $PATH: unknown"
                        + " | exec: \"x\": executable file not found in $PATH",
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc "
                        + "create failed: unable to start container process: exec: \"x\": permission denied: unknown"
                        + " | exec: \"x\": permission denied"
            })
    void aRefusedStartLosesTheLayersItWentThrough(String said, String left) {
        KnitException error = StartErrors.of(new BadRequestException(json(said)));
        assertThat(error.code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
        assertThat(error).hasMessage("The Docker Engine could not start the container: " + left);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Exited (0) 3 seconds ago | exit code 0",
                "Exited (1) About a minute ago | exit code 1",
                "Exited (127) 2 days ago | exit code 127 (the command was not found)",
                "Exited (137) 1 second ago | killed by signal 9 (SIGKILL), exit code 137",
                "Exited (139) 1 second ago | killed by signal 11 (SIGSEGV), exit code 139",
                "Exited (143) 1 second ago | killed by signal 15 (SIGTERM), exit code 143",
                "Exited (255) 1 second ago | exit code 255"
            })
    void anEndIsToldFromTheListsStatus(String status, String words) {
        assertThat(ExitWords.of(ExitWords.code(status).orElseThrow(), false)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "
                        + "\"/data/rendered/web-0-x/1-etc\" to rootfs at \"/etc\": mount /data/rendered/web-0-x/1-etc:/etc (via "
                        + "/proc/self/fd/6), flags: 0x5001: not a directory: unknown: Are you trying to mount a directory onto a file (or "
                        + "vice-versa)? Check if the specified host path exists and is the expected type | /etc",
                "OCI runtime create failed: container_linux.go:380: starting container process caused: process_linux.go:545: container init "
                        + "caused: rootfs_linux.go:76: mounting \"/data/a\" to rootfs at \"/usr/share/nginx/html\" caused: mount through "
                        + "procfd: not a directory: unknown | /usr/share/nginx/html",
                "container init caused \"rootfs_linux.go:58: mounting \\\"/data/a\\\" to rootfs \\\"/var/lib/docker/overlay2/x/merged\\\" "
                        + "at \\\"/etc\\\" caused \\\"not a directory\\\"\": unknown | /etc"
            })
    void aDestinationThatIsADirectoryIsNamed(String said, String destination) {
        assertThat(StartErrors.of(answer(said)))
                .hasMessage("The template's destination " + destination
                        + " is a directory in the image, or lies below what is a file there; give the path of a file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "path / is mounted on / but it is not a shared or slave mount                    | / | /",
                "failed to create task: path /srv/a b is mounted on /srv but it is not a shared mount: unknown | /srv/a b | /srv"
            })
    void aFolderWhoseMountsAreNotPassedOnIsRefusedByItsNode(String said, String path, String mount) {
        KnitException error = StartErrors.of(answer(said));
        assertThat(error.code()).as("it is tried elsewhere").isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(error)
                .hasMessage("What is mounted in " + path
                        + " is not passed on by the node, as its propagation wants it: run mount --make-rshared "
                        + mount + " there, or leave propagation out");
    }

    @Test
    void whatIsTooLongLosesItsFrontAndKeepsItsCause() {
        String said = "a layer said: ".repeat(60) + "the disk is full";
        assertThat(EngineErrors.message(answer(said)))
                .startsWith("…")
                .endsWith(": the disk is full")
                .hasSize(300);
        assertThat(StartErrors.of(answer("failed to create shim task: " + said)))
                .hasMessageEndingWith(": the disk is full");
    }

    @ParameterizedTest
    @CsvSource({
        "arm64, amd64, true",
        "amd64, arm64, true",
        "s390x, x86_64, true",
        "386, amd64, false",
        "arm, arm64, false",
        "arm64, arm, true",
        "amd64, amd64, false",
        "'', amd64, false",
        "arm64, '', false"
    })
    void anImageIsForeignWhereTheCpuCantRunIt(String image, String cpu, boolean foreign) {
        assertThat(Cpu.isForeign(image, cpu)).isEqualTo(foreign);
    }

    @Test
    void whatTheInitSaidIsReadFromTheLog() {
        assertThat(EndWords.init("hello\n[FATAL tini (7)] exec /bin/app failed: Exec format error\n"))
                .isEqualTo("exec /bin/app failed: Exec format error");
        assertThat(EndWords.init("sh: nosuch: not found\n")).isEmpty();
    }

    @Test
    void outOfMemoryIsSaidFirst() {
        assertThat(ExitWords.of(137, true)).isEqualTo("killed, out of memory");
        assertThat(ExitWords.code("Dead")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "docker.sock",
                "/var/run/docker.sock",
                "unix://relative",
                "unix:///",
                "ssh://h",
                "tcp://",
                "tcp://u@h:1",
                "http://h:1",
                "unix: ///x"
            })
    void anAddressThatIsNoneIsRefusedWithWhatIsRight(String text) {
        assertThatThrownBy(() -> EngineAddress.parse(text))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("docker-host")
                .hasMessageContaining("unix:///path/to/docker.sock or tcp://host:port");
    }

    @ParameterizedTest
    @CsvSource({
        "unix:///var/run/docker.sock,unix:///var/run/docker.sock",
        "tcp://10.0.0.1,tcp://10.0.0.1:2375",
        "tcp://[::1]:2376/,tcp://[::1]:2376"
    })
    void anAddressIsRead(String text, String address) {
        assertThat(EngineAddress.parse(text)).hasToString(address);
    }

    @Test
    void longAnswersAreCutAndNonsenseIsKept() {
        assertThat(EngineErrors.message(answer("x".repeat(1000)))).hasSize(300);
        assertThat(EngineErrors.message(new InternalServerErrorException("<html>\n  no\n</html>")))
                .isEqualTo("<html> no </html>");
        assertThat(EngineErrors.find(new IllegalStateException(), KnitException.class))
                .isEqualTo(Optional.empty());
    }

    private static InternalServerErrorException answer(String said) {
        return new InternalServerErrorException(json(said));
    }

    private static String json(String said) {
        return new JsonObject().put("message", said).encode() + "\n";
    }
}
