package io.knit.core.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Webhook;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.KnitEvent;
import io.knit.core.server.events.EventTypes;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookCommandsTest {
    private static final Instant NOW = Instant.parse("2026-11-27T08:00:00Z");
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "10.0.0.1");
    private static final Webhook.Secret SECRET = Webhook.Secret.of(new byte[32]);

    private final ClusterState empty = ClusterState.empty("c1").at(7, 41);

    private static Command.CreateWebhook wish(String name, String url, String events, String deployments) {
        return new Command.CreateWebhook(name, url, list(events), list(deployments), false, SECRET);
    }

    private static Webhook.Course courseOf(ClusterState state) {
        return Objects.requireNonNull(state.webhooks().get("chat")).webhook().course();
    }

    private static List<String> list(String words) {
        return words.isEmpty() ? List.of() : List.of(words.split(","));
    }

    private static ClusterState after(ClusterState state, Decision<?> decision) {
        ClusterState next = state;
        for (Change change : decision.changes()) {
            next = change.applyTo(next);
        }
        return next;
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("what is refused, where, and in which words")
    @CsvSource(
            delimiter = '|',
            value = {
                "no name        | ''    | https://a.example         | *           | *     | /name          |a webhook's name",
                "capitals       | Chat  | https://a.example         | *           | *     | /name          |a webhook's name",
                "no URL         | chat  | a b                       | *           | *     | /url           |this is no URL",
                "no scheme      | chat  | a.example/x               | *           | *     | /url           |sent by https",
                "another scheme | chat  | ftp://a.example           | *           | *     | /url           |sent by https",
                "a file         | chat  | file:///etc/passwd        | *           | *     | /url           |sent by https",
                "no host        | chat  | https:///x                | *           | *     | /url           |sent by https",
                "a user         | chat  | https://me:pw@a.example   | *           | *     | /url           |user and password",
                "a fragment     | chat  | https://a.example/#x      | *           | *     | /url           |behind #",
                "http           | chat  | http://a.example/x        | *           | *     | /url           |allow_http",
                "http, public   | chat  | http://8.8.8.8/x          | *           | *     | /url           |allow_http",
                "http, metadata | chat  | http://169.254.169.254/   | *           | *     | /url           |allow_http",
                "http, name     | chat  | http://10.example.com/    | *           | *     | /url           |allow_http",
                "no events      | chat  | https://a.example         | ''          | *     | /events        |give 1 to 32",
                "a wrong kind   | chat  | https://a.example         | *,deploy.*  | *     | /events/1      |no event is of this kind",
                "no kind        | chat  | https://a.example         | node down   | *     | /events/0      |kinds of events",
                "no deployments | chat  | https://a.example         | *           | ''    | /deployments   |give 1 to 32",
                "no deployment  | chat  | https://a.example         | *           | WEB   | /deployments/0 |names of deployments"
            })
    void refused(String row, String name, String url, String events, String deployments, String pointer, String words) {
        assertThatThrownBy(() -> WebhookCommands.create(empty, wish(name, url, events, deployments), ANN, NOW))
                .isInstanceOfSatisfying(KnitException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE);
                    assertThat(e.getMessage()).contains(words).doesNotContain("me:pw");
                    assertThat(e.pointer()).isEqualTo(pointer);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://a.example",
                "https://a.example:8443/x?y=z",
                "https://8.8.8.8/",
                "HTTPS://A.EXAMPLE/",
                "http://localhost:8080/x",
                "http://127.0.0.1:1/",
                "http://10.1.2.3/",
                "http://192.168.0.1/",
                "http://172.16.0.1/",
                "http://172.31.255.1/",
                "http://100.64.0.1/",
                "http://[::1]:9/",
                "http://[fd00::1]/"
            })
    void taken(String url) {
        assertThatCode(() -> WebhookCommands.create(empty, wish("chat", url, "*", "*"), ANN, NOW))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("all that there are events of is taken")
    void families() {
        for (String family : EventTypes.FAMILIES) {
            assertThatCode(() -> WebhookCommands.create(
                            empty, wish("chat", "https://a.example", family + ".*", "*"), ANN, NOW))
                    .as(family)
                    .doesNotThrowAnyException();
        }
        assertThat(EventTypes.FAMILIES).contains("volume", "run");
    }

    @Test
    void tooMuchIsRefused() {
        String many = String.join(",", Collections.nCopies(33, "node.*"));
        assertThatThrownBy(() -> WebhookCommands.create(empty, wish("chat", "https://a.example", many, "*"), ANN, NOW))
                .hasMessageContaining("give 1 to 32");
        String far = "https://a.example/" + "x".repeat(WebhookUrl.LONGEST);
        assertThatThrownBy(() -> WebhookCommands.create(empty, wish("chat", far, "*", "*"), ANN, NOW))
                .hasMessageContaining("at most 2048");
        ClusterState full = empty;
        for (int i = 0; i < WebhookCommands.MOST; i++) {
            full = after(full, WebhookCommands.create(full, wish("h" + i, "https://a.example", "*", "*"), ANN, NOW));
        }
        ClusterState state = full;
        assertThatThrownBy(
                        () -> WebhookCommands.create(state, wish("one-more", "https://a.example", "*", "*"), ANN, NOW))
                .hasMessageContaining("there are 100 webhooks");
        assertThatThrownBy(() -> WebhookCommands.create(state, wish("h1", "https://a.example", "*", "*"), ANN, NOW))
                .hasMessageContaining("there is a webhook h1 already");
    }

    @Test
    @DisplayName("a new one gets what happens from now on, comes further, and is gone when it is removed")
    void course() {
        ClusterState made =
                after(empty, WebhookCommands.create(empty, wish("chat", "https://a.example", "*", "*"), ANN, NOW));
        assertThat(courseOf(made)).isEqualTo(Webhook.Course.begin(41));
        assertThat(String.valueOf(made.webhooks().get("chat"))).doesNotContain(SECRET.text());

        Webhook.Course further = Webhook.Course.begin(50);
        ClusterState moved = after(made, WebhookCommands.moved(made, "chat", NOW, further));
        assertThat(courseOf(moved)).isEqualTo(further);
        assertThat(WebhookCommands.moved(moved, "chat", NOW, further).changes()).isEmpty();
        assertThat(WebhookCommands.moved(made, "chat", NOW.plusSeconds(1), further)
                        .changes())
                .as("of another that had its name")
                .isEmpty();

        ClusterState gone = after(moved, WebhookCommands.remove(moved, "chat"));
        assertThat(gone.webhooks()).isEmpty();
        assertThat(WebhookCommands.moved(gone, "chat", NOW, further).changes()).isEmpty();
        assertThatThrownBy(() -> WebhookCommands.remove(gone, "chat")).hasMessageContaining("no such webhook");
    }

    @ParameterizedTest(name = "{0} of {1} for {2} and {3}: {4}")
    @CsvSource({
        "instance.failed, web-1, *,               *,     true",
        "instance.failed, web-1, instance.*,      web-*, true",
        "instance.failed, db,    instance.*,      web-*, false",
        "instance.failed, web-1, deployment.*,    *,     false",
        "node.down,       '',    *,               web-*, true",
        "node.down,       '',    node.ready,      *,     false",
        "deployment.done, web,   *.done,          web,   true"
    })
    void wants(String type, String deployment, String events, String deployments, boolean wanted) {
        Webhook hook = WebhookCommands.create(empty, wish("chat", "https://a.example", events, deployments), ANN, NOW)
                .answer();
        String about = deployment.isEmpty() ? null : deployment;
        assertThat(hook.wants(new KnitEvent(1, NOW, type, about, null, null, "")))
                .isEqualTo(wanted);
    }
}
