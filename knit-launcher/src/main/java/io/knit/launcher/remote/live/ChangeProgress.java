package io.knit.launcher.remote.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.TextTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Shows how far a deployment has come, while a change of it is waited for. */
public final class ChangeProgress implements AutoCloseable {
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
    /** What is tried again and again where it does not work. */
    private static final Set<String> FAULTS = Set.of("instance.rejected", "instance.failed");

    private static final Duration BETWEEN_SUMS = Duration.ofSeconds(15);
    private static final Duration MOST_TO_LISTEN = Duration.ofSeconds(2);
    private static final long MOST_TO_END_MILLIS = 2_000;

    private final KnitClient knit;
    private final String deployment;
    private final Drawing drawing;
    private final PrintWriter out;
    private final Terminal terminal;
    private final Follower follower;
    private final Thread showing;
    private final long begun = System.nanoTime();
    /** Of each instance, what was last said of its pull. On the thread that shows. */
    private final Map<String, String> told = new HashMap<>();

    private final Repeats repeats = new Repeats();
    private long summed = System.nanoTime();
    private long looked = System.nanoTime();
    private volatile boolean over;

    private ChangeProgress(KnitClient knit, String deployment, PrintWriter out, Terminal terminal) {
        this.knit = knit;
        this.deployment = deployment;
        this.out = out;
        this.terminal = terminal;
        this.drawing = new Drawing(out, terminal);
        this.follower = new Follower(knit, deployment);
        this.showing = new Thread(this::show, "progress");
        showing.setDaemon(true);
    }

    /**
     * Makes a change, and shows meanwhile what happens to the deployment.
     *
     * @param out where it is shown: drawn over itself on a screen, else a line for each event
     */
    public static <T> T during(
            KnitClient knit, String deployment, PrintWriter out, Terminal terminal, Supplier<T> change) {
        try (ChangeProgress progress = new ChangeProgress(knit, deployment, out, terminal)) {
            progress.follower.start().awaitOpen(MOST_TO_LISTEN);
            progress.showing.start();
            return change.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return change.get();
        }
    }

    private void show() {
        try {
            JsonNode newest = null;
            while (!over) {
                Follower.News news = follower.await(BEAT);
                if (!terminal.screen()) {
                    news.events().forEach(this::line);
                    again();
                    pulls();
                } else if ((news.moved() || newest != null && RolloutPicture.pulls(newest))
                        && news.away().isEmpty()) {
                    newest = look();
                }
                if (terminal.screen() && !over && newest != null) {
                    drawing.draw(RolloutPicture.lines(newest, Duration.ofNanos(System.nanoTime() - begun), terminal));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How far pulls have come, now and then, where nothing can be drawn over. */
    private void pulls() {
        if (System.nanoTime() - looked < BETWEEN_LINES.toNanos()) {
            return;
        }
        looked = System.nanoTime();
        for (JsonNode instance : look().path("instances")) {
            String why = Listings.why(instance);
            if (instance.path("pull").isObject() && !why.equals(told.put(Listings.text(instance, "id"), why))) {
                out.println(TextTable.shown(Listings.text(instance, "id") + " " + why));
                out.flush();
            }
        }
    }

    private void line(JsonNode event) {
        String type = Listings.text(event, "type");
        String message = Listings.text(event, "message");
        if (FAULTS.contains(type)) {
            message = repeats.shown(Listings.text(event, "instance"), message);
        }
        if (!message.isEmpty()) {
            out.println(TextTable.shown(message));
            out.flush();
        }
    }

    private void again() {
        if (System.nanoTime() - summed >= BETWEEN_SUMS.toNanos()) {
            summed = System.nanoTime();
            repeats.again().forEach(line -> out.println(TextTable.shown(line)));
            out.flush();
        }
    }

    /** Missing where it is not there, or can't be asked for: who waits is told what became of it. */
    private JsonNode look() {
        try {
            return knit.deployment(deployment);
        } catch (KnitClientException e) {
            return MissingNode.getInstance();
        }
    }

    /** What was heard is shown first, and what was drawn makes room for what came of the change. */
    @Override
    public void close() {
        over = true;
        follower.close();
        try {
            showing.join(MOST_TO_END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        drawing.clear();
    }
}
