package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.program.Console;
import io.knit.launcher.program.ExitCode;
import io.knit.launcher.settings.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

public class KnitCommandTest {
    @TempDir
    Path folder;

    public static CommandLine commandLine() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        return new KnitCommand(new Console(nowhere, nowhere), Map.of()).completeLine();
    }

    /** A change of these files is a change of what users type: it belongs into CHANGELOG.md. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "server",
                "server start",
                "agent start",
                "dev",
                "nats",
                "nats start",
                "replay",
                "deploy",
                "status",
                "join",
                "node",
                "node drain"
            })
    void helpIsAsCommitted(String words) throws IOException {
        String[] args = Stream.concat(
                        Arrays.stream(words.split(" ")).filter(word -> !word.isEmpty()), Stream.of("--help"))
                .toArray(String[]::new);
        Typed typed = Typed.knit(Map.of(), args);
        assertThat(typed.exitCode()).isZero();
        assertThat(typed.err()).isEmpty();
        assertThat(typed.out())
                .isEqualTo(committed("help" + (words.isEmpty() ? "" : "-") + words.replace(' ', '-') + ".txt"));
    }

    @Test
    @DisplayName("of all commands only what a line names is made, and it is the same as among all")
    void onlyWhatIsNamed() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        CommandLine all = commandLine();
        assertThat(all.getSubcommands()).hasSizeGreaterThan(40);
        for (String word : all.getSubcommands().keySet()) {
            CommandLine line = new KnitCommand(new Console(nowhere, nowhere), Map.of()).commandLine(word);
            if (!word.equals("completion")) {
                assertThat(line.getSubcommands()).as(word).containsOnlyKeys(word);
            }
            CommandLine one = Objects.requireNonNull(line.getSubcommands().get(word));
            CommandLine among = Objects.requireNonNull(all.getSubcommands().get(word));
            assertThat(one.getCommandName()).isEqualTo(word);
            assertThat(one.getUsageMessage()).isEqualTo(among.getUsageMessage());
            assertThat(one.getSubcommands().keySet())
                    .isEqualTo(among.getSubcommands().keySet());
        }
    }

    @Test
    void anIncidentIsReplayed() throws IOException {
        Path file = folder.resolve("incident.ndjson");
        Files.writeString(
                file,
                "{\"knit_incident\":1,\"cluster\":\"c\",\"revision\":3,\"last_event\":1,\"state\":[]}\n"
                        + "{\"revision\":3,\"last_event\":1,\"now\":\"2026-01-01T00:00:00Z\",\"served\":\"2026-01-01T00:00:00Z\",\"most\":9,\"due\":[],\"ids\":[],"
                        + "\"asked\":[],\"answered\":[],\"left\":[]}\n");
        Typed same = Typed.knit(Map.of(), "replay", file.toString());
        assertThat(same.err()).isEmpty();
        assertThat(same.exitCode()).isZero();
        assertThat(same.out()).isEqualToIgnoringNewLines("1 decisions, all as they were then");

        Files.writeString(file, Files.readString(file).replace("\"left\":[]", "\"left\":[\"web\"]"));
        Typed different = Typed.knit(Map.of(), "replay", file.toString());
        assertThat(different.exitCode()).isEqualTo(1);
        assertThat(different.out()).contains("decision 1 of 1", "then it left [web] for later, and now []");

        Files.writeString(file, Files.readString(file).replace("2026-01-01", "soon"));
        Typed unread = Typed.knit(Map.of(), "replay", file.toString());
        assertThat(unread.exitCode()).isNotZero();
        assertThat(unread.err()).contains("line 2 can't be read as a decision: Text 'soonT00:00:00Z'");

        assertThat(Typed.knit(Map.of(), "replay", "nowhere").err()).contains("there is no file nowhere");
        assertThat(Typed.knit(Map.of(), "replay", "nowhere").exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(Typed.knit(Map.of(), "replay").exitCode()).isEqualTo(ExitCode.WRONG_USE);
        Files.writeString(file, "{}");
        assertThat(Typed.knit(Map.of(), "replay", file.toString()).err()).contains("no incident");
    }

    /** Each command's help speaks of its own settings only, and of its own role. */
    @ParameterizedTest
    @ValueSource(strings = {"server start", "agent start", "nats start"})
    void helpNamesOnlyWhatIsThere(String words) {
        Typed typed = Typed.knit(Map.of(), (words + " --help").split(" "));
        List<String> there = typed.out()
                .lines()
                .filter(line -> line.matches(" +(-h, +)?--.*"))
                .map(line -> line.strip().replaceAll("^-h, +", "").split("[=\\[ ]")[0])
                .toList();
        List<String> named = Pattern.compile("--[a-z][a-z-]*[a-z]")
                .matcher(typed.out())
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(there).containsAll(named);
        Pattern.compile("KNIT_[A-Z_]+")
                .matcher(typed.out())
                .results()
                .map(MatchResult::group)
                .forEach(variable -> assertThat(there)
                        .contains(Stream.of(Setting.values())
                                .filter(setting -> setting.variable().equals(variable))
                                .findFirst()
                                .map(Setting::flag)
                                .orElse("--"
                                        + variable.substring(5)
                                                .toLowerCase(Locale.ROOT)
                                                .replace('_', '-'))));
        assertThat(typed.out()).doesNotContain("Server:").doesNotContain("Agent:");
    }

    private static String committed(String name) throws IOException {
        try (InputStream in = KnitCommandTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void tellsItsVersion() {
        Typed typed = Typed.knit(Map.of(), "--version");
        assertThat(typed.out()).matches("Knit \\d+\\.\\d+\\.\\d+\\R");
        assertThat(typed.exitCode()).isZero();
    }

    /** A start makes what it needs: all of the words take longer than all else that a version needs. */
    @ParameterizedTest
    @ValueSource(strings = {"-V", "--version"})
    void makesNoWordForTheVersion(String asked) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        KnitCommand command = new KnitCommand(new Console(nowhere, nowhere), Map.of());
        assertThat(command.commandLine(asked).getSubcommands()).isEmpty();
        assertThat(command.commandLine("--help").getSubcommands()).containsKeys("server", "status");
        assertThat(command.commandLine("nonsense", asked).getSubcommands()).containsKeys("server", "status");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server start --join-tokn hush-hush-hush-hush",
                "server start --join-tokn=hush-hush-hush-hush",
                "server start --join-token hush-hush-hush-hush --join-token hush-hush-hush-hush",
                "server start hush-hush-hush-hush",
                "server start --join-token hush-hush",
                "agent start --join-token hush-hush",
                "server start --nats-url nats://127.0.0.1:1 --http-addr 127.0.0.1:0 --join-token hush-hush-hush-hush"
            })
    void aJoinTokenIsNeverRepeated(String line) {
        String words = line + " --data-dir " + folder;
        Typed typed = Typed.knit(Map.of(), Arrays.stream(words.split(" ")).toArray(String[]::new));
        assertThat(typed.exitCode()).isEqualTo(ExitCode.WRONG_USE);
        assertThat(typed.out() + typed.err()).isNotEmpty().doesNotContain("hush");
    }

    @ParameterizedTest
    @DisplayName("an address that this machine has not yet is no wrong setting, after which nobody would try again")
    @CsvSource({"192.0.2.1:8080, 127.0.0.1:0", "127.0.0.1:0, 192.0.2.1:4222", "nowhere.invalid:8080, 127.0.0.1:0"})
    void notYet(String http, String nats) {
        Typed typed = Typed.knit(
                Map.of(),
                "server",
                "start",
                "--insecure",
                "--http-addr",
                http,
                "--nats-addr",
                nats,
                "--data-dir",
                folder.toString());
        assertThat(typed.err()).contains("not yet");
        assertThat(typed.exitCode()).isEqualTo(5);
    }

    static Stream<Arguments> wrongInput() {
        return Stream.of(
                wrong("", "say what to do: server or agent or nats or dev"),
                wrong("server", "say what to do: start"),
                wrong("sever start", "did you mean server?"),
                wrong("sever --help", "did you mean server?"),
                wrong("--help sever", "did you mean server?"),
                wrong("nonsense --help", "Unmatched argument: nonsense"),
                wrong("nonsense --version", "Unmatched argument: nonsense"),
                wrong("server strat --help", "did you mean start?"),
                wrong("server start extra --help", "Unmatched argument"),
                wrong("server start --http-adr=x --help", "did you mean --http-addr?"),
                wrong("-h --hepl", "did you mean --help?"),
                wrong("server strat", "did you mean start?"),
                wrong("server start --http-adr 127.0.0.1:1", "did you mean --http-addr?"),
                wrong("server start --labels a=b", "Unknown option"),
                wrong("agent start --http-addr 127.0.0.1:1", "Unknown option"),
                wrong("server start --http-addr", "Missing required parameter for option '--http-addr'"),
                wrong("server start --http-addr=", "--http-addr is empty"),
                wrong("server start --http-addr 8080", "give HOST:PORT"),
                wrong("server start --http-addr :8080", "give HOST:PORT"),
                wrong("server start --http-addr ::1:8080", "give HOST:PORT"),
                wrong("server start --http-addr a:65536", "with a port up to 65535"),
                wrong("server start --http-addr http://a:1", "give HOST:PORT"),
                wrong("server start --http-addr a:1 --http-addr a:2", "should be specified only once"),
                wrong("server start --nats-addr x", "--nats-addr is \"x\""),
                wrong("server start --nats-url 10.0.0.1:4222", "give a URL such as nats://"),
                wrong("server start --nats-tls-cert c.pem", "nats-tls-cert is given without nats-tls-key"),
                wrong("agent start --nats-tls-key k.pem", "nats-tls-key is given without nats-tls-cert"),
                wrong("server start --nats-tls-ca no.pem", "nats-tls-ca is given without nats-tls-cert"),
                wrong("server start --nats-addr a:1 --nats-url nats://b:1", "give only one of them"),
                wrong("server start --store-url knit.db", "give a JDBC URL"),
                wrong("server start --discovery-interval 0s", "give a duration above zero"),
                wrong("server start --discovery-interval -1s", "give a duration above zero"),
                wrong("server start --suspect-after soon", "--suspect-after is \"soon\""),
                wrong("server start --suspect-after 12s", "give more than --suspect-after, which is 12s"),
                wrong("server start --config /nowhere.yaml", "there is no such file"),
                wrong("server start --config=", "--config is empty"),
                wrong("server start extra", "Unmatched argument"),
                wrong("agent start --labels a=b=c", "more than one \"=\""),
                wrong("agent start --labels =x", "has no key"),
                wrong("agent start --labels a=1,a=2", "given twice"),
                wrong("agent start --labels a=1 --labels b=2,a=3", "given twice, as \"1\" and \"3\""),
                wrong("agent start --labels a=1 --labels=", "--labels is empty"),
                wrong("agent start --allow privileged --allow cap:NET_ADMIN,everything", "everything"),
                wrong("agent start --allow everything --allow privileged", "everything"),
                wrong("dev --allow all --allow-host-access privileged --allow-host-access everything", "everything"),
                wrong("server start --plugin-config a=1 --plugin-config b", "give KEY=VALUE"),
                wrong("server start --plugin-config a=1 --plugin-config a=2", "\"a\" is given twice"),
                wrong("agent start --node-id Big_Name", "a-z, 0-9 and \"-\""),
                wrong("agent start --docker-host /var/run/docker.sock", "unix:///var/run/docker.sock"),
                wrong("agent start --heartbeat-interval 3", "give a duration above zero such as 500ms, 3s"),
                wrong("agent start --keep-images soon", "30m or 72h, or 0s to keep them for ever"),
                wrong("server start --nats-monitor-addr 8222", "--nats-monitor-addr is \"8222\"; give HOST:PORT"),
                wrong(
                        "server start --nats-url nats://b:1 --nats-monitor-addr 127.0.0.1:0 --http-addr 127.0.0.1:0",
                        "nats-monitor-addr is about a server's own broker"),
                wrong("nats start --nats-addr x", "--nats-addr is \"x\""),
                wrong("nats start --http-addr 127.0.0.1:0", "Unknown option"),
                wrong("nats start --user u", "--user has no password; give it with --pass-file, KNIT_PASS or --pass"),
                wrong("nats start --pass p", "a password but no user"),
                wrong("nats start --user u --pass p --token t", "not both"),
                wrong("nats start --token a --token-file b", "either --token or --token-file"),
                wrong("nats start --users-file a --user b --pass c", "either --users-file, a user with a password"),
                wrong("nats start --token-file /nowhere", "--token-file is /nowhere, which can't be read"),
                wrong("nats start --token-file /dev/null", "whose first line is empty"),
                wrong("nats start --tls-cert a.pem", "both --tls-cert and --tls-key"),
                wrong("nats start --tls-ca a.pem", "both --tls-cert and --tls-key"),
                wrong("nats start --ping-interval 2", "give a duration above zero"),
                wrong("nats start --ping-max 0", "give a whole number from 1 to 1000"),
                wrong("nats start --max-payload 65MiB", "up to 64MiB"),
                wrong("nats start --max-payload much", "give a size such as"),
                wrong("nats start --max-pending 1000", "at least 1KiB"),
                wrong("nats start --max-memory 15MiB", "at least 16MiB"),
                wrong("dev --labels x", "write x=true"),
                wrong("dev --down-after 1s", "a node is suspect before it is down"));
    }

    private static Arguments wrong(String words, String why) {
        return Arguments.of(words, why);
    }

    @ParameterizedTest
    @DisplayName("a file that is not there is no wrong word: it may come with a mount, and the service is tried again")
    @CsvSource(
            delimiter = '|',
            value = {
                "server start --http-addr 127.0.0.1:0 --nats-addr 127.0.0.1:0 --http-tls-cert /no --http-tls-key /no | http-tls-cert /no does not exist",
                "server start --http-addr 127.0.0.1:0 --nats-addr 127.0.0.1:0 --nats-tls-cert /no --nats-tls-key /no | certificate /no does not exist",
                "agent start --nats-tls-ca no.pem    | no.pem does not exist",
                "agent start --registry-config /no   | --registry-config is /no, which can't be read",
                "nats start --tls-cert /nowhere.pem --tls-key /nowhere.key | /nowhere.pem",
                "nats start --users-file /nowhere    | the file of users /nowhere: it can't be read"
            })
    void notThereYet(String words, String why) {
        Typed typed = Typed.knit(Map.of("KNIT_DATA_DIR", folder.toString()), words.split(" "));
        assertThat(typed.err()).startsWith("knit: ").contains(why).doesNotContain("\tat ");
        assertThat(typed.exitCode()).isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("wrongInput")
    void wrongInputIsRefusedWithWhatToDo(String words, String why) {
        Map<String, String> environment = Map.of("KNIT_DATA_DIR", folder.toString());
        Typed typed = Typed.knit(environment, words.isEmpty() ? new String[0] : words.split(" "));
        assertThat(typed.err()).startsWith("knit: ").contains(why).contains("--help' to see what there is.");
        assertThat(typed.err()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(typed.err().lines()).as("sentence and hint").hasSize(2);
        assertThat(typed.out()).isEmpty();
        assertThat(typed.exitCode()).isEqualTo(2);
    }

    @Test
    void aWrongValueIsBlamedOnWhereItCameFrom() throws IOException {
        Path file = Files.writeString(folder.resolve("knit.yaml"), "down-after: never\n");
        Map<String, String> variables = Map.of("KNIT_HTTP_ADDR", "nowhere", "KNIT_DATA_DIR", folder.toString());
        assertThat(Typed.knit(variables, "server", "start").err()).contains("KNIT_HTTP_ADDR is \"nowhere\"");
        assertThat(Typed.knit(
                                Map.of("KNIT_CONFIG", file.toString(), "KNIT_DATA_DIR", folder.toString()),
                                "server",
                                "start")
                        .err())
                .contains("down-after in the config file is \"never\"");
    }

    @Test
    void aFolderThatCantBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Typed typed = Typed.knit(
                Map.of(), "server", "start", "--data-dir", file.resolve("sub").toString());
        assertThat(typed.err())
                .contains("the data folder " + file.resolve("sub"))
                .contains("--data-dir");
        assertThat(typed.exitCode()).isEqualTo(2);
    }

    @Test
    void noPasswordIsPrinted() {
        Typed typed = Typed.knit(
                Map.of("KNIT_DATA_DIR", folder.toString()),
                List.of("server", "start", "--store-url", "postgresql://knit:secret@db/x?password=secret2")
                        .toArray(String[]::new));
        assertThat(typed.err()).contains("postgresql://***@db/x?password=***").doesNotContain("secret");
    }
}
