package io.knit.core.server.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Webhook;
import io.knit.api.model.KnitEvent;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.state.KnownWebhook;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a webhook's messages go out, over days of the simulated clock. */
class HookLineTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final List<KnitEvent> events = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private final List<Webhook.Phase> phases = new ArrayList<>();
    private final Outcomes outcomes = new Outcomes();
    private int status = 500;

    private HookLine line() {
        Webhook hook = new Webhook(
                "chat",
                "https://a.example",
                List.of("*"),
                List.of(Caller.ALL),
                loop.now(),
                "ann",
                Webhook.Course.begin(0));
        Post post = (url, headers, body) -> {
            sent.add(headers.get("webhook-id"));
            return Future.succeededFuture(new Post.Answer(status, Duration.ZERO));
        };
        HookLine line = new HookLine(
                loop,
                new Agenda(loop),
                new KnownWebhook(hook, Webhook.Secret.of(new byte[32])),
                "c",
                new HookLine.Around(
                        post,
                        after -> events.stream()
                                .filter(event -> event.seq() > after)
                                .toList(),
                        course -> phases.add(course.phase()),
                        outcomes));
        for (int seq = 1; seq <= 3; seq++) {
            events.add(new KnitEvent(seq, loop.now(), "deployment.created", "web", null, null, "web is new"));
        }
        loop.execute(line::begin);
        return line;
    }

    @Test
    @DisplayName(
            "the first two attempts in vain are nobody's business, from the third on it is failing, and when it gets on all come in order")
    void failsAndRecovers() {
        line();
        queue.runFor(Duration.ofMinutes(1));
        assertThat(phases).containsExactly(Webhook.Phase.RETRYING, Webhook.Phase.RETRYING);
        queue.runFor(Duration.ofMinutes(10));
        assertThat(phases).endsWith(Webhook.Phase.FAILING).hasSize(3);
        assertThat(sent).hasSize(3).containsOnly(sent.get(0));
        status = 204;
        queue.runFor(Duration.ofHours(1));
        assertThat(phases).endsWith(Webhook.Phase.ACTIVE);
        assertThat(sent).hasSize(6);
        assertThat(sent.subList(3, 6)).startsWith(sent.get(0)).doesNotHaveDuplicates();
        assertThat(outcomes.allFailed()).isEqualTo(3);
        assertThat(outcomes.allArrived()).isEqualTo(3);
    }

    @Test
    @DisplayName("after three days it is given up; a test that arrives sets it going")
    void givesUp() {
        HookLine line = line();
        queue.runFor(Duration.ofDays(5));
        assertThat(phases).endsWith(Webhook.Phase.FAILING, Webhook.Phase.DISABLED);
        assertThat(sent).hasSize(10);
        queue.runFor(Duration.ofDays(5));
        assertThat(sent).hasSize(10);
        status = 200;
        loop.execute(() -> line.tryNow("x"));
        queue.runFor(Duration.ofMinutes(1));
        assertThat(phases).endsWith(Webhook.Phase.ACTIVE);
        assertThat(outcomes.allArrived()).isEqualTo(3);
    }
}
