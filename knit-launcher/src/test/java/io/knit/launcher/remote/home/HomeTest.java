package io.knit.launcher.remote.home;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.knit.launcher.Typed;
import io.knit.launcher.remote.RemoteFleet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    @TempDir
    Path folder;

    /** Who was shown which token, by the path that was asked for. */
    private final List<String> shown = new CopyOnWriteArrayList<>();

    private HttpServer server;
    private String url = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            shown.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            byte[] body = "{\"deployments\":[]}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Typed knit(Map<String, String> more, String... words) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
        return Typed.knit(environment, words);
    }

    private String done(String... words) {
        Typed typed = knit(Map.of(), words);
        assertThat(typed.err()).isEmpty();
        assertThat(typed.exitCode()).isZero();
        return typed.out();
    }

    private String token(String text) throws IOException {
        return Files.writeString(folder.resolve("token"), text + "\n").toString();
    }

    @Test
    @DisplayName("clusters are kept by name in a file of their owner's, and the one in use is asked, with its token")
    void contexts() throws IOException {
        assertThat(done("context", "list")).contains("no contexts; knit context add NAME URL keeps one");
        assertThat(done("context", "add", "home", url, "--token-file", token("knit-abc")))
                .contains("home is kept, and used");
        assertThat(done("context", "add", "far", "far.example:8080")).isEqualToIgnoringNewLines("far is kept");
        Path file = folder.resolve("config/knit/contexts.yaml");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file))
                .contains("current: home", "server: http://far.example:8080")
                .doesNotContain("knit-abc");
        assertThat(done("context", "list"))
                .containsPattern("far +http://far.example:8080 +-")
                .containsPattern("home\\* +" + url);
        assertThat(done("context", "ls", "-o", "name").lines()).containsExactlyInAnyOrder("home", "far");
        assertThat(done("context", "ls", "-o", "json")).contains("\"current\" : \"home\"", "\"server\" : \"" + url);
        assertThat(done("context", "ls", "-o", "yaml")).isEqualTo(Files.readString(file));
        assertThat(done("context", "ls", "-o", "wide")).isEqualTo(done("context", "list"));

        done("status");
        assertThat(shown).containsExactly("Bearer knit-abc");
        done("context", "use", "far");
        done("status", "--context", "home");
        assertThat(shown).containsExactly("Bearer knit-abc", "Bearer knit-abc");
        done("context", "rm", "far");
        assertThat(done("context", "list")).doesNotContain("far", "*");
    }

    @Test
    @DisplayName("a context is found again, whatever its name looks like, also in a file of before")
    void namesLikeNumbers() throws IOException {
        for (String name : List.of("1.10", "1e3", "0x10", "0644", "2026-11-26", "1_000", "yes", "null", "n")) {
            done("context", "add", name, url);
            done("context", "use", name);
            done("status");
            assertThat(done("context", "list")).containsPattern("(?m)^" + name.replace(".", "\\.") + "\\* ");
        }
        Files.writeString(
                folder.resolve("config/knit/contexts.yaml"),
                "current: 1.10\ncontexts:\n  1.10:\n    server: " + url + "\n    token_file: " + token("knit-abc")
                        + "\n");
        shown.clear();
        done("status");
        assertThat(shown).containsExactly("Bearer knit-abc");
    }

    @Test
    @DisplayName("a context's token is shown to its own server alone")
    void ownServer() throws IOException {
        done("context", "add", "home", "127.0.0.1:1", "--token-file", token("knit-abc"));
        done("status", "-s", url);
        assertThat(knit(Map.of("KNIT_SERVER", url), "status").exitCode()).isZero();
        assertThat(shown).containsExactly("null", "null");
        done("context", "add", "home", url, "--token-file", token("knit-abc"));
        assertThat(knit(Map.of("KNIT_TOKEN", "mine"), "status").exitCode()).isZero();
        assertThat(knit(Map.of("KNIT_SERVER", "127.0.0.1:1", "KNIT_CONTEXT", "home"), "status")
                        .exitCode())
                .isEqualTo(6);
        assertThat(shown).containsExactly("null", "null", "Bearer mine");
    }

    @Test
    @DisplayName("a variable that is empty is none: the context's token and authority stay")
    void emptyVariables() throws IOException {
        done("context", "add", "home", url, "--token-file", token("knit-abc"), "--ca-file", "/home-ca.pem");
        Map<String, String> empty = Map.of(
                "KNIT_TOKEN",
                "",
                "KNIT_TOKEN_FILE",
                " ",
                "KNIT_CA",
                "",
                "XDG_CONFIG_HOME",
                folder.resolve("config").toString());
        assertThat(Contexts.in(empty, "", false))
                .containsEntry("KNIT_TOKEN_FILE", folder.resolve("token").toString())
                .containsEntry("KNIT_CA", "/home-ca.pem");
        done("context", "add", "home", url, "--token-file", token("knit-abc"));
        assertThat(knit(empty, "status").exitCode()).isZero();
        assertThat(shown).containsExactly("Bearer knit-abc");
    }

    @Test
    void wrongContexts() throws IOException {
        assertThat(knit(Map.of(), "status", "--context", "nope").err())
                .contains("there is no context nope; knit context add NAME URL makes one");
        assertThat(knit(Map.of(), "context", "add", "a/b", url).err()).contains("a context's name has");
        assertThat(knit(Map.of(), "context", "add", "a", "ftp://x").err()).contains("is no server's address");
        done("context", "add", "home", url);
        assertThat(knit(Map.of(), "context", "use", "hom").err())
                .isEqualTo("knit: there is no context hom\n      there are home\n");
        assertThat(knit(Map.of(), "context", "use", "hom").exitCode()).isEqualTo(3);
        assertThat(knit(Map.of(), "context", "rm", "hom").exitCode()).isEqualTo(3);
        assertThat(knit(Map.of(), "status", "--context", "home", "-s", url).err())
                .contains("leave one out");
        Files.writeString(folder.resolve("config/knit/contexts.yaml"), "{");
        assertThat(knit(Map.of(), "status").err()).contains("can't be read as YAML; mend or remove it");
    }

    @Test
    @DisplayName("the first file is never written over, and deploys as it is")
    void init() throws Exception {
        String file = folder.resolve("first.yaml").toString();
        assertThat(done("init", file, "--name", "page", "--image", "web:1")).contains("knit deploy --wait " + file);
        String text = Files.readString(Path.of(file));
        Typed again = knit(Map.of(), "init", file);
        assertThat(again.err())
                .isEqualTo("knit: " + file + " is there already, and is left as it is\n      give another name\n");
        assertThat(again.exitCode()).isEqualTo(5);
        assertThat(Files.readString(Path.of(file))).isEqualTo(text);
        Typed nowhere = knit(Map.of(), "init", file + ".none/x");
        assertThat(nowhere.err()).contains("x is not there, or its folder is not");
        assertThat(nowhere.exitCode()).isEqualTo(1);
        assertThat(knit(Map.of(), "init", file + "2", "--name", "Web").exitCode())
                .isEqualTo(2);
        try (RemoteFleet fleet = new RemoteFleet(folder.resolve("fleet"))) {
            assertThat(fleet.done("deploy", "--wait", file, "--set", "update.min_healthy=0s"))
                    .contains("page deployed, revision 1: running");
            // with all that is commented out, too
            String all = fleet.file("all.yaml", text.replaceAll("(?m)^# (?=( *)[a-z_]+:|( *)- |  )", ""));
            assertThat(fleet.done("plan", all))
                    .contains("/node_selector", "/env/LOG", "/templates", "/resources", "/stack");
        }
    }

    @Test
    @DisplayName("the dashboard's address is printed, and given to what opens pages where there is a desktop")
    void open() throws IOException {
        done("context", "add", "home", url + "/");
        assertThat(done("open").strip()).isEqualTo(url + "/dashboard");
        assertThat(done("open", "-o", "json")).contains("\"url\" : \"" + url + "/dashboard\"");
        Path opened = folder.resolve("opened");
        Path opener = folder.resolve("xdg-open");
        Files.writeString(opener, "#!/bin/sh\necho \"$1\" > " + opened + "\n");
        Files.setPosixFilePermissions(opener, PosixFilePermissions.fromString("rwx------"));
        Typed typed = knit(Map.of("PATH", folder.toString(), "DISPLAY", ":0"), "open");
        assertThat(typed.out().strip()).isEqualTo(url + "/dashboard");
        Awaitility.await()
                .until(() -> Files.exists(opened) && Files.readString(opened).equals(url + "/dashboard\n"));
    }
}
