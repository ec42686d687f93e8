package io.knit.core.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Chromium without a window, asked in its DevTools protocol; each {@link Tab} has cookies of its own. */
final class Browser implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private int number;

    private Browser(Process process, Path profile) throws IOException {
        this.process = process;
        Path port = profile.resolve("DevToolsActivePort");
        await().atMost(LONG)
                .until(() -> Files.exists(port) && Files.readAllLines(port).size() == 2);
        List<String> at = Files.readAllLines(port);
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + at.get(0) + at.get(1)), new Answers())
                .join();
    }

    /** The test is skipped where there is none, but where that is demanded. */
    static Browser start(Path profile) throws IOException {
        Optional<Path> program = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
        if (System.getenv("CI") != null) {
            assertThat(program)
                    .as("a browser for the dashboard: apt-get install chromium")
                    .isPresent();
        }
        assumeTrue(program.isPresent(), "Chromium is not installed (Debian: apt-get install chromium)");
        Process process = new ProcessBuilder(
                        program.orElseThrow().toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-extensions",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("log").toFile())
                .start();
        return new Browser(process, profile);
    }

    /** A new one, in which the page is open. */
    Tab open(String url) {
        String cookies = tell("", "Target.createBrowserContext", Map.of())
                .path("browserContextId")
                .asText();
        return open(url, cookies);
    }

    private Tab open(String url, String cookies) {
        JsonNode target = tell("", "Target.createTarget", Map.of("url", "about:blank", "browserContextId", cookies));
        JsonNode session = tell(
                "",
                "Target.attachToTarget",
                Map.of("targetId", target.path("targetId").asText(), "flatten", true));
        Tab tab = new Tab(session.path("sessionId").asText(), cookies);
        tell(tab.session, "Page.enable", Map.of());
        tab.go(url);
        return tab;
    }

    /** One page. */
    final class Tab {
        private final String session;
        private final String cookies;

        private Tab(String session, String cookies) {
            this.session = session;
            this.cookies = cookies;
        }

        void go(String url) {
            tell(session, "Page.navigate", Map.of("url", url));
            until("document.readyState === 'complete' && location.href === '" + url + "'");
        }

        /** As on a screen of this width, in pixels, and of who wants pages dark or light. */
        Tab on(int width, boolean dark) {
            Browser.this.tell(
                    session,
                    "Emulation.setDeviceMetricsOverride",
                    Map.of("width", width, "height", 800, "deviceScaleFactor", 1, "mobile", false));
            Browser.this.tell(
                    session,
                    "Emulation.setEmulatedMedia",
                    Map.of(
                            "features",
                            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
            return this;
        }

        /** Brings it before the others beside it. */
        void look() {
            Browser.this.tell(session, "Page.bringToFront", Map.of());
        }

        /** Another page with the same cookies, before which nobody sees this one. */
        Tab beside(String url) {
            return open(url, cookies);
        }

        /** What a piece of script gives, as text; empty: nothing, or the page is just being left. */
        String value(String script) {
            JsonNode answer = Browser.this.tell(
                    session,
                    "Runtime.evaluate",
                    Map.of("expression", script, "returnByValue", true, "awaitPromise", true));
            assertThat(answer.path("exceptionDetails")
                            .path("exception")
                            .path("description")
                            .asText(""))
                    .as(script)
                    .isEmpty();
            return answer.path("result").path("value").asText("");
        }

        /** Waits until that holds. */
        void until(String script) {
            await(script)
                    .atMost(LONG)
                    .until(() -> value("String(" + script + ")").equals("true"));
        }

        /** Waits until somewhere on the page stands that. */
        void untilSaid(String element, String words) {
            await(words)
                    .atMost(LONG)
                    .untilAsserted(() ->
                            assertThat(value(one(element) + ".textContent")).contains(words));
        }

        private String one(String selector) {
            return "document.querySelector(\"" + selector + "\")";
        }

        /** Types into a field, from its end. */
        void type(String field, String text) {
            value(one(field) + ".focus()");
            Browser.this.tell(session, "Input.insertText", Map.of("text", text));
        }

        void press(String button) {
            value(one(button) + ".click()");
        }

        /** As a user sees it, for who looks at a test. */
        void photograph(Path file) throws IOException {
            String image = Browser.this
                    .tell(session, "Page.captureScreenshot", Map.of("captureBeyondViewport", true))
                    .path("data")
                    .asText();
            Files.write(file, Base64.getDecoder().decode(image));
        }
    }

    private synchronized JsonNode tell(String session, String method, Map<String, ?> parameters) {
        ObjectNode question = JSON.createObjectNode().put("id", ++number).put("method", method);
        if (!session.isEmpty()) {
            question.put("sessionId", session);
        }
        question.set("params", JSON.valueToTree(parameters));
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(number, answer);
        socket.sendText(question.toString(), true).join();
        return answer.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    }

    private final class Answers implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                read(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        private void read(String message) {
            try {
                JsonNode answer = JSON.readTree(message);
                CompletableFuture<JsonNode> question =
                        asked.remove(answer.path("id").asInt());
                if (question != null) {
                    // one about a page that is being left is answered with an error: there is nothing then
                    question.complete(answer.path("result"));
                }
            } catch (IOException e) {
                throw new IllegalStateException(message, e);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        List<ProcessHandle> children = new ArrayList<>();
        try (Stream<ProcessHandle> all = process.descendants()) {
            all.forEach(children::add);
        }
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
