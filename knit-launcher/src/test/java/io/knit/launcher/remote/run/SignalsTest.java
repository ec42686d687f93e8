package io.knit.launcher.remote.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.Main;
import io.knit.launcher.OwnJava;
import io.knit.launcher.remote.RemoteFleet;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code knit run} as a process of its own, which is sent signals. */
@Timeout(60)
class SignalsTest {
    @TempDir
    static Path folder;

    private static RemoteFleet fleet;

    @BeforeAll
    static void start() {
        fleet = new RemoteFleet(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        fleet.close();
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    @DisplayName("a signal stops the job, whose end is waited for; its number is the exit code")
    void one(String signal, int exitCode) throws Exception {
        Process run = run("held");
        send(signal, run);
        assertThat(run.waitFor()).isEqualTo(exitCode);
        assertThat(said(run)).contains("held is being stopped; again, and it is not waited for");
        assertThat(fleet.done("status", "-o", "name")).isEmpty();
    }

    @Test
    @DisplayName("the second one leaves at once; the job is stopped all the same")
    void two() throws Exception {
        Process run = run("slow");
        // for as long as it takes: a busy machine's process may need more than any number of seconds to
        // hear a signal
        removalsEnd(new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO));
        send("INT", run);
        Awaitility.await().until(() -> fleet.done("status").contains("deleting"));
        send("INT", run);
        assertThat(run.waitFor()).isEqualTo(130);
        assertThat(fleet.done("status")).contains("deleting");
        removalsEnd(EngineFault.NONE);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> fleet.done("status", "-o", "name").isEmpty());
    }

    private static void removalsEnd(EngineFault so) {
        List.of("n1", "n2")
                .forEach(node ->
                        fleet.engine(node).script().faults(call -> call == EngineCall.REMOVE ? so : EngineFault.NONE));
    }

    private static Process run(String name) throws IOException {
        // whoever runs this in the background may have it ignored, and what a process ignores its
        // children ignore, too
        List<String> command = OwnJava.command(
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "--server",
                fleet.url(),
                "--name",
                name,
                "web:1",
                "sleep");
        command.addAll(0, List.of("env", "--default-signal=INT"));
        Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
        // a whole command is started for it, which takes 9 s on two cores with five others' work
        fleet.awaitContainer(name, Duration.ofSeconds(60));
        return run;
    }

    private static void send(String signal, Process to) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(to.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static String said(Process ended) throws IOException {
        return new String(ended.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
