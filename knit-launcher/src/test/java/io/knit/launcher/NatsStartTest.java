package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code knit nats start} in a process of its own, with a real client. */
class NatsStartTest {
    private static final Pattern READY = Pattern.compile("nats ready: nats://(127\\.0\\.0\\.1:\\d+)");
    private static final Pattern MONITOR = Pattern.compile("monitoring (http://127\\.0\\.0\\.1:\\d+)");

    @TempDir
    Path folder;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    /** Starts it on a free port; waits for its first line. */
    private Process start(Map<String, String> environment, String... flags) throws IOException {
        List<String> command = OwnJava.command(
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "nats",
                "start",
                "--nats-addr",
                "127.0.0.1:0");
        command.addAll(List.of(flags));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        processes.add(process);
        Awaitility.await("it is ready")
                .atMost(Duration.ofSeconds(60))
                .until(() -> log().contains("ready:") || !process.isAlive());
        assertThat(process.isAlive()).as(log()).isTrue();
        return process;
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private String found(Pattern pattern) throws IOException {
        Matcher matcher = pattern.matcher(log());
        assertThat(matcher.find()).as(log()).isTrue();
        return matcher.group(1);
    }

    private Connection connect(String credentials) throws IOException, InterruptedException {
        return Nats.connect(Options.builder()
                .server("nats://" + credentials + found(READY))
                .connectionTimeout(Duration.ofSeconds(20))
                .noReconnect()
                .build());
    }

    /** All that a client hears that says this in its CONNECT, until it is disconnected. */
    private String refusal(String said) throws IOException {
        URI address = URI.create("nats://" + found(READY));
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(("CONNECT {" + said + "}\r\nPING\r\n").getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int stop(Process process) throws InterruptedException {
        process.destroy(); // SIGTERM
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void whyItDoesNotStartIsALineOfTheLogToo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = new ProcessBuilder(OwnJava.command(
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "nats",
                            "start",
                            "--log=json",
                            "--nats-addr",
                            "127.0.0.1:" + taken.getLocalPort()))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            processes.add(process);
            assertThat(process.waitFor()).isEqualTo(3);
            List<String> lines = log().lines().toList();
            assertThat(lines).isNotEmpty();
            for (String line : lines) {
                JsonNode event = new ObjectMapper().readTree(line);
                assertThat(event.has("time")).as(line).isTrue();
            }
            assertThat(lines.get(lines.size() - 1)).contains("\"level\":\"ERROR\"", ":" + taken.getLocalPort());
        }
    }

    @Test
    void servesAnyClientAndSubjectUntilItIsEnded() throws Exception {
        Process process =
                start(Map.of(), "--nats-monitor-addr", "127.0.0.1:0", "--max-payload", "1KiB", "--max-pending", "2MiB");
        assertThat(log().lines()).hasSize(1).allMatch(line -> line.endsWith("open to everyone who reaches it"));
        try (Connection client = connect("")) {
            client.createDispatcher(message -> client.publish(message.getReplyTo(), message.getData()))
                    .subscribe("any.>");
            Message answer = client.request("any.subject", new byte[] {7}, Duration.ofSeconds(20));
            assertThat(answer.getData()).containsExactly(7);
            assertThat(client.getServerInfo().getMaxPayload()).isEqualTo(1024);
            assertThat(get(found(MONITOR) + "/varz"))
                    .contains("\"connections\" : 1")
                    .contains("\"max_pending\" : 2097152");
        }
        assertThat(stop(process)).isEqualTo(143);
    }

    private static String get(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flag", "file", "variable"})
    void letsInOnlyTheUserWithItsPassword(String way) throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "sesame\nsecond line\n");
        switch (way) {
            case "flag" -> start(Map.of(), "--user", "ada", "--pass", "sesame");
            case "file" -> start(Map.of(), "--user", "ada", "--pass-file", file.toString());
            default -> start(Map.of("KNIT_USER", "ada", "KNIT_PASS", "sesame"));
        }
        connect("ada:sesame@").close();
        for (String wrong : List.of(
                "",
                "\"user\":\"ada\",\"pass\":\"wrong\"",
                "\"user\":\"bob\",\"pass\":\"sesame\"",
                "\"auth_token\":\"sesame\"")) {
            assertThat(refusal(wrong)).as(wrong).contains("-ERR 'Authorization Violation'");
        }
        assertThat(log()).doesNotContain("sesame").doesNotContain("open to everyone");
    }

    @Test
    void letsInOnlyWhoHasTheToken() throws Exception {
        Path file = Files.write(folder.resolve("token"), "t0ken\r\n".getBytes(StandardCharsets.UTF_8));
        start(Map.of(), "--token-file", file.toString(), "--nats-monitor-addr", "127.0.0.1:0");
        try (Connection client = connect("t0ken@")) {
            client.flush(Duration.ofSeconds(20));
            assertThat(get(found(MONITOR) + "/connz?auth=1&subs=1"))
                    .doesNotContain("t0ken")
                    .contains("\"cid\"");
        }
        assertThat(refusal("\"auth_token\":\"other\"")).contains("-ERR 'Authorization Violation'");
        assertThat(refusal("")).contains("-ERR 'Authorization Violation'");
        assertThat(log()).doesNotContain("t0ken");
    }

    @Test
    void doesNotAskForTheTokenThatTheCommandLineShowsAServer() throws Exception {
        start(Map.of("KNIT_TOKEN", "admins", "KNIT_TOKEN_FILE", "/nowhere", "KNIT_NATS_TOKEN", "t0ken"));
        connect("t0ken@").close();
        assertThat(refusal("\"auth_token\":\"admins\"")).contains("-ERR 'Authorization Violation'");
        assertThat(log()).doesNotContain("open to everyone").doesNotContain("t0ken");
    }

    @Test
    void aUserWithAPasswordIsEnoughWhereThatTokenIsExported() throws Exception {
        start(Map.of("KNIT_TOKEN", "admins"), "--user", "ada", "--pass", "sesame");
        connect("ada:sesame@").close();
        assertThat(refusal("\"auth_token\":\"admins\"")).contains("-ERR 'Authorization Violation'");
    }

    @Test
    void soIsACertificateThatIsAskedFor() throws Exception {
        String[] tls = {"nats", "start", "--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.key"};
        Map<String, String> exported = Map.of("KNIT_TOKEN", "admins");
        assertThat(Typed.knit(exported, tls).err()).as("nothing is asked for").contains("KNIT_TOKEN is set");
        List<String> asking = new ArrayList<>(List.of(tls));
        asking.addAll(List.of("--tls-ca", "/nowhere.ca"));
        assertThat(Typed.knit(exported, asking.toArray(String[]::new)).err())
                .contains("/nowhere.")
                .doesNotContain("KNIT_TOKEN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TOKEN", "TOKEN_FILE"})
    void whoMeantThatTokenHasNoOpenBrokerInstead(String name) throws Exception {
        start(Map.of());
        // one that is in use: what does start nevertheless ends, with 3
        Typed knit = Typed.knit(Map.of("KNIT_" + name, "admins"), "nats", "start", "--nats-addr", found(READY));
        assertThat(knit.exitCode()).isEqualTo(2);
        assertThat(knit.err())
                .contains(
                        "KNIT_" + name + " is set",
                        "give KNIT_NATS_" + name + " or --token-file",
                        "env -u KNIT_" + name)
                .doesNotContain("admins");
    }

    @Test
    void usersOfAFileHaveTheirRights() throws Exception {
        Path users = Files.writeString(folder.resolve("users.json"), """
                {"users": [
                  {"user": "ada", "password": "sesame", "publish": ["orders.>"], "subscribe": ["_INBOX.>", "jobs.>"]},
                  {"user": "guest", "password": "guest", "publish": []}],
                 "default_user": "guest"}
                """);
        start(Map.of(), "--users-file", users.toString());
        BlockingQueue<String> refused = new LinkedBlockingQueue<>();
        ErrorListener errors = new ErrorListener() {
            @Override
            public void errorOccurred(Connection client, String error) {
                refused.add(error);
            }
        };
        Options.Builder ada = Options.builder()
                .server("nats://ada:sesame@" + found(READY))
                .connectionTimeout(Duration.ofSeconds(20))
                .noReconnect()
                .errorListener(errors);
        try (Connection client = Nats.connect(ada.build());
                Connection guest = connect("")) {
            Subscription orders = guest.subscribe("orders.*");
            Subscription bills = guest.subscribe("bills.*");
            guest.flush(Duration.ofSeconds(20));
            client.publish("bills.1", new byte[] {1});
            assertThat(refused.poll(20, TimeUnit.SECONDS))
                    .isEqualToIgnoringCase("Permissions Violation for Publish to \"bills.1\"");
            client.publish("orders.1", new byte[] {2});
            assertThat(orders.nextMessage(Duration.ofSeconds(20)).getData()).containsExactly(2);
            client.subscribe("orders.*");
            assertThat(refused.poll(20, TimeUnit.SECONDS))
                    .isEqualToIgnoringCase("Permissions Violation for Subscription to \"orders.*\"");
            guest.publish("orders.2", new byte[] {3});
            guest.flush(Duration.ofSeconds(20));
            client.publish("orders.3", new byte[] {4});
            assertThat(orders.nextMessage(Duration.ofSeconds(20)).getData()).containsExactly(4);
            assertThat(bills.getPendingMessageCount()).isZero();
        }
        assertThat(refusal("\"user\":\"ada\",\"pass\":\"wrong\"")).contains("-ERR 'Authorization Violation'");
        assertThat(log()).doesNotContain("sesame").doesNotContain("open to everyone");
    }

    @Test
    void aFileOfUsersWithAMistakeIsExplained() throws Exception {
        Path users = Files.writeString(
                folder.resolve("users.json"), "{\"users\": [{\"user\": \"ada\", \"pasword\": \"sesame\"}]}");
        Typed knit =
                Typed.knit(Map.of(), "nats", "start", "--nats-addr", "127.0.0.1:0", "--users-file", users.toString());
        assertThat(knit.exitCode()).isEqualTo(2);
        assertThat(knit.err()).contains("pasword").doesNotContain("sesame");
    }

    @Test
    void aPortInUseIsExplained() throws Exception {
        start(Map.of());
        Typed second = Typed.knit(Map.of(), "nats", "start", "--nats-addr", found(READY));
        assertThat(second.err()).startsWith("knit: the NATS address " + found(READY) + " is in use");
        assertThat(second.exitCode()).isEqualTo(3);
    }
}
