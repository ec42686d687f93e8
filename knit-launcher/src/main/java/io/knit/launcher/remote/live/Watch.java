package io.knit.launcher.remote.live;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.output.Unwritten;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.show.TextTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A view that follows what happens until Ctrl-C, also over the server's restart. */
public final class Watch {
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofHours(1);

    private Watch() {}

    /**
     * Shows what a look at the server gives, anew whenever something happened, until the thread is interrupted.
     *
     * @param deployment whose events say so; null: all of them do
     * @param look asks the server
     * @param lines what people see of that, as old as it is at the moment
     * @throws KnitClientException if the first look fails, or what is looked at is not there any more
     * @throws Unwritten if nobody takes what is printed
     */
    public static void show(
            KnitClient knit,
            @Nullable String deployment,
            Supplier<JsonNode> look,
            Function<JsonNode, List<String>> lines,
            PrintWriter out,
            Terminal terminal) {
        Drawing drawing = new Drawing(out, terminal);
        JsonNode seen = look.get();
        JsonNode printed = null;
        String away = "";
        String said = "";
        try (Follower follower = new Follower(knit, deployment).start()) {
            while (true) {
                if (terminal.screen()) {
                    drawing.draw(picture(lines.apply(seen), away));
                } else if (!seen.equals(printed) || !away.equals(said)) {
                    picture(lines.apply(seen), away).forEach(out::println);
                    out.println();
                    printed = seen;
                    said = away;
                }
                Unwritten.require(out);
                Follower.News news = follower.await(terminal.screen() ? BEAT : LONG);
                // no event tells how far a pull has come
                if (news.moved() || terminal.screen() && isPulling(seen)) {
                    away = news.away();
                    seen = away.isEmpty() ? again(look, seen) : seen;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Shows what a look at the server gives, anew after each pause, until the thread is interrupted: for what changes without an event that says so.
     *
     * @param pause between a look and the next
     * @throws KnitClientException if the first look fails, or what is looked at is not there any more
     * @throws Unwritten if nobody takes what is printed
     */
    public static void sampled(
            Duration pause,
            Supplier<JsonNode> look,
            Function<JsonNode, List<String>> lines,
            PrintWriter out,
            Terminal terminal) {
        Drawing drawing = new Drawing(out, terminal);
        JsonNode seen = look.get();
        String away = "";
        try {
            while (true) {
                List<String> picture = picture(lines.apply(seen), away);
                if (terminal.screen()) {
                    drawing.draw(picture);
                } else {
                    picture.forEach(out::println);
                    out.println();
                }
                Unwritten.require(out);
                Thread.sleep(pause.toMillis());
                try {
                    seen = look.get();
                    away = "";
                } catch (KnitClientException e) {
                    if (e.kind() == KnitClientException.Kind.NOT_FOUND) {
                        throw e;
                    }
                    away = String.valueOf(e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isPulling(JsonNode seen) {
        if (!seen.isArray()) {
            return RolloutPicture.pulls(seen);
        }
        for (JsonNode deployment : seen) {
            if (RolloutPicture.pulls(deployment)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> picture(List<String> lines, String away) {
        if (away.isEmpty()) {
            return lines;
        }
        List<String> all = new ArrayList<>(lines);
        all.add("");
        all.add("as it was when the server was last heard; trying again: " + TextTable.shown(away));
        return all;
    }

    private static JsonNode again(Supplier<JsonNode> look, JsonNode before) {
        try {
            return look.get();
        } catch (KnitClientException e) {
            if (e.kind() == KnitClientException.Kind.NOT_FOUND) {
                throw e;
            }
            // the stream of events will tell, too
            return before;
        }
    }
}
