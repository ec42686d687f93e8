package io.knit.launcher.remote.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.client.KnitClient;
import io.knit.client.RemoteShell;
import io.knit.client.ShellOutput;
import io.knit.client.ShellTerms;
import io.knit.launcher.Typed;
import io.knit.launcher.remote.RemoteFleet;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code knit run} as it is typed: a real server, broker and agents, whose engines alone are fakes. */
@Timeout(60)
class RunTest {
    @TempDir
    static Path folder;

    private static RemoteFleet fleet;

    @BeforeAll
    static void start() {
        fleet = new RemoteFleet(folder);
        // where it is tried first it is refused, on one of the two
        fleet.engine("n2").withImage("web:2");
    }

    @AfterAll
    static void stop() throws Exception {
        fleet.close();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(fleet.done("status", "-o", "name")).isEmpty();
        Awaitility.await()
                .until(() -> fleet.engine("n1").containers().isEmpty()
                        && fleet.engine("n2").containers().isEmpty());
    }

    private static Typed run(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "run";
        System.arraycopy(words, 0, all, 1, words.length);
        return fleet.knit(all);
    }

    @RepeatedTest(5)
    @DisplayName("what a job writes comes out where it wrote it, from the first line to the last, however soon it ends")
    void linesAndCode() {
        Typed typed = run("web:1", "sh", "-c", "echo one; echo two >&2; echo three; exit 7");
        assertThat(typed.out().lines()).containsExactly("one", "three");
        assertThat(typed.err().lines()).containsExactly("two");
        assertThat(typed.exitCode()).isEqualTo(7);
    }

    @ParameterizedTest(name = "knit run {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--set pull=never web:1 sh -c | echo fine; exit 0       | 0 | fine |",
                "-e A=1 --cpu 0.5 --memory 64MiB web:1 -- | exit 0      | 0 | |",
                "-o json web:1 sh            | echo fine; exit 3        | 3 | {\"event\":\"end\",\"exit_code\":3} |",
                "--keep --rm web:1           | exit 0                   | 2 | | say the opposite",
                "-d --rm web:1               | exit 0                   | 2 | | say the opposite",
                "--node-label rack web:1     | exit 0                   | 2 | | --node-label is written KEY=VALUE",
                "--timeout soon web:1        | exit 0                   | 5 | | /job/timeout",
                "--memory much web:1         | exit 0                   | 5 | | /resources/memory",
                "--name NO web:1             | exit 0                   | 5 | | /name",
                "--set pull=never web:3      | exit 0                   | 5 | | web:3",
                "--node-label rack=7 web:1   | exit 0                   | 5 | | rack=7",
                "--timeout 1s web:1          | sleep                    | 4 | | it did not end within 1s"
            })
    @DisplayName("ends as the job ended, or says in two lines why Knit could not")
    void ends(String words, String script, int exitCode, String out, String err) {
        String[] typedWords = (words.trim() + " " + "SCRIPT").split(" +");
        typedWords[typedWords.length - 1] = script.trim();
        Typed typed = run(typedWords);
        assertThat(typed.exitCode()).as(typed.err()).isEqualTo(exitCode);
        assertThat(typed.out()).contains(out == null ? "" : out);
        assertThat(typed.err()).contains(err == null ? "" : err);
        assertThat(typed.err().startsWith("knit: ")).isEqualTo(err != null);
        assertThat(typed.err().lines().count()).as(typed.err()).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest(name = "{0} | knit run {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "hello | -i web:1                      | cat                | 0 | hello       |",
                "''    | -i web:1                      | cat                | 0 | ''          |",
                "hello | -i web:1                      | echo first; cat    | 0 | first;hello |",
                "hello | -i web:1                      | echo first; exit 7 | 7 | first       |",
                "hello | -it web:1                     | cat | 0 | hello | -t is passed over: what is read here is no terminal",
                "hello | -i -o json web:1              | cat | 2 | ''    | -i shows what it writes as it is",
                "hello | -i --timeout soon web:1       | cat | 5 | ''    | /job/timeout",
                "hello | -i --set pull=never web:3     | cat | 5 | ''    | web:3",
                "hello | -i --set pull=never web:2 | cat | 0 | hello |"
            })
    @DisplayName("-i: what is read here it reads to its end, and all that it writes is shown, from its first word")
    void reads(String input, String words, String script, int exitCode, String out, String err) {
        List<String> typedWords = new ArrayList<>(List.of(words.strip().split(" +")));
        typedWords.add(script);
        Typed typed = Typed.given(input, () -> run(typedWords.toArray(String[]::new)));
        assertThat(typed.exitCode()).as(typed.err()).isEqualTo(exitCode);
        // what has ended by itself may have read it, or not
        assertThat(typed.out().replace('\n', ';')).startsWith(out);
        if (exitCode == 0) {
            assertThat(typed.out().replace('\n', ';')).isEqualTo(out);
        }
        assertThat(typed.err()).contains(err == null ? "" : err);
        assertThat(typed.err().isEmpty()).isEqualTo(err == null);
    }

    @Test
    @DisplayName("a job that reads begins at once where nobody said that he joins it, and is given its input once")
    void nobodyComes() throws Exception {
        String file = fleet.file(
                "reads.yaml", RemoteFleet.spec("reads", "mode: job\nstdin: true\nargs: [cat]\njob: {retries: 0}\n"));
        fleet.done("deploy", file);
        // less than who says so is waited for
        fleet.awaitContainer("reads", Duration.ofSeconds(5));
        Typed typed = Typed.given("hello", () -> fleet.knit("attach", "-i", "reads"));
        assertThat(typed).isEqualTo(new Typed(0, "hello", ""));
        Awaitility.await().until(() -> fleet.done("status", "reads").contains("completed"));
        fleet.done("undeploy", "reads", "--wait");
    }

    @Test
    @DisplayName(
            "a job that reads is given by one alone, who is told when it has all; another is refused, and ends nothing")
    void anotherComes() throws Exception {
        String file = fleet.file(
                "fed.yaml", RemoteFleet.spec("fed", "mode: job\nstdin: true\nargs: [cat]\njob: {retries: 0}\n"));
        fleet.done("deploy", file);
        fleet.awaitContainer("fed", Duration.ofSeconds(5));
        String instance =
                fleet.json("status", "fed", "-o", "json").at("/instances/0/id").asText();
        KnitClient knit = KnitClient.of(URI.create(fleet.url()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ShellOutput shown = new ShellOutput() {
            @Override
            public synchronized void output(byte[] bytes) {
                out.writeBytes(bytes);
            }

            @Override
            public void error(byte[] bytes) {
                throw new AssertionError("it writes nothing there");
            }
        };
        try (RemoteShell shell = knit.attach(instance, ShellTerms.plain().withInput(), shown)) {
            Awaitility.await().until(shell::isInputJoined);
            Typed second = Typed.given("mine", () -> fleet.knit("attach", "-i", "fed"));
            assertThat(second.exitCode()).isEqualTo(5);
            assertThat(second.err())
                    .contains("what it reads is given to it once, and was given to who joined it first");
            shell.write("all of it".getBytes(StandardCharsets.UTF_8));
            assertThat(shell.isInputTaken()).isFalse();
            shell.endInput();
            assertThat(shell.await()).isZero();
            assertThat(shell.isInputTaken()).isTrue();
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("all of it");
        fleet.done("undeploy", "fed", "--wait");
    }

    @Test
    @DisplayName(
            "a job that was given all reads it to its end though who gave it has left, and who joins it later is told"
                    + " that it has all")
    void readsOn() throws Exception {
        String file = fleet.file(
                "slowly.yaml", RemoteFleet.spec("slowly", "mode: job\nstdin: true\nargs: [slow]\njob: {retries: 0}\n"));
        fleet.done("deploy", file);
        fleet.awaitContainer("slowly", Duration.ofSeconds(5));
        String instance = fleet.json("status", "slowly", "-o", "json")
                .at("/instances/0/id")
                .asText();
        KnitClient knit = KnitClient.of(URI.create(fleet.url()));
        ShellOutput nothing = new ShellOutput() {
            @Override
            public void output(byte[] bytes) {}

            @Override
            public void error(byte[] bytes) {}
        };
        try (RemoteShell shell = knit.attach(instance, ShellTerms.plain().withInput(), nothing)) {
            shell.write("all of it".getBytes(StandardCharsets.UTF_8));
            shell.endInput();
            Awaitility.await().until(shell::isInputTaken);
        }
        try (RemoteShell shell = knit.attach(instance, ShellTerms.plain(), nothing)) {
            Awaitility.await().until(shell::isInputTaken);
            assertThat(shell.isInputJoined()).isFalse();
        }
        assertThat(fleet.done("status", "slowly")).contains("running");
        fleet.done("undeploy", "slowly", "--wait");
    }

    @Test
    @DisplayName("detached, it says its name and goes; a name that is taken is left to who has it")
    void detached() throws Exception {
        Typed typed = run("-d", "web:1", "echo later; exit 0");
        String name = typed.out().strip();
        assertThat(name).matches("run-web-[a-z0-9]{6}");
        assertThat(typed.exitCode()).isZero();
        Awaitility.await().until(() -> fleet.done("status", name).contains("completed"));
        Typed again = run("--name", name, "web:1", "exit 0");
        assertThat(again.exitCode()).isEqualTo(5);
        assertThat(again.err()).contains("there is a deployment " + name + " already", "give another --name");
        assertThat(fleet.json("history", name, "-o", "json")).hasSize(1);
        fleet.done("undeploy", name, "--wait");
    }

    @Test
    @DisplayName("--keep leaves it, with its exit code")
    void kept() throws Exception {
        assertThat(run("--keep", "--name", "sum", "web:1", "exit 9").exitCode()).isEqualTo(9);
        assertThat(fleet.json("status", "sum", "-o", "json")
                        .at("/instances/0/exit_code")
                        .asInt())
                .isEqualTo(9);
        fleet.done("undeploy", "sum", "--wait");
    }

    @Test
    @DisplayName("lines come as they are written, and who takes it away meanwhile ends it in words")
    void takenAway() throws Exception {
        CompletableFuture<Typed> running = CompletableFuture.supplyAsync(() -> run("--name", "long", "web:1", "sleep"));
        fleet.awaitContainer("long", Duration.ofSeconds(10));
        fleet.done("undeploy", "long", "--wait");
        Typed typed = running.get();
        assertThat(typed.err()).contains("knit: long was taken away before its end");
        assertThat(typed.exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "busybox, run-busybox-",
        "registry.example.com:5000/team/My_App:v1, run-my-app-",
        "a@sha256:0123456789abcdef, run-a-",
        "___, run-",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, run-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-"
    })
    void names(String image, String begin) {
        String name = JobNames.of(image, new Random(7));
        assertThat(name).startsWith(begin).hasSize(begin.length() + 6).matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
        assertThat(JobNames.of(image, new Random(8))).isNotEqualTo(name);
    }
}
