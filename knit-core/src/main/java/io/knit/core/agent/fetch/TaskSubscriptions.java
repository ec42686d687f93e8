package io.knit.core.agent.fetch;

import io.knit.api.AgentTiming;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.knit.core.wire.Subjects;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subjects on which tasks come. Only on the loop. */
public final class TaskSubscriptions {
    private static final Logger LOG = LoggerFactory.getLogger(TaskSubscriptions.class);

    private final Loop loop;
    private final Transport transport;
    private final AgentTiming timing;
    private final Consumer<byte[]> onTask;
    private final List<Transport.Subscription> subscriptions = new ArrayList<>();
    private boolean stopped;

    public TaskSubscriptions(Loop loop, Transport transport, AgentTiming timing, Consumer<byte[]> onTask) {
        this.loop = loop;
        this.transport = transport;
        this.timing = timing;
        this.onTask = onTask;
    }

    public void start(String node) {
        subscribe(Subjects.deployTo(node));
        subscribe(Subjects.DEPLOY_BROADCAST);
        subscribe(Subjects.UNDEPLOY_BROADCAST);
    }

    public void stop() {
        stopped = true;
        subscriptions.forEach(TaskSubscriptions::end);
        subscriptions.clear();
    }

    private void subscribe(String subject) {
        if (stopped) {
            return;
        }
        loop.bring(transport.subscribe(subject, message -> loop.execute(() -> onTask.accept(message.payload()))))
                .onSuccess(subscription -> {
                    if (stopped) {
                        end(subscription);
                    } else {
                        subscriptions.add(subscription);
                    }
                })
                .onFailure(e -> {
                    LOG.debug("can't listen on {}: {}", subject, e.getMessage());
                    loop.after(timing.heartbeat(), () -> subscribe(subject));
                });
    }

    private static void end(Transport.Subscription subscription) {
        subscription.unsubscribe().onFailure(e -> LOG.debug("a subscription did not end: {}", e.getMessage()));
    }
}
