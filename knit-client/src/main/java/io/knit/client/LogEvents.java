package io.knit.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.KnitClientException.Kind;
import io.knit.client.KnitClientException.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of logs; where the way breaks, it asks again from the last line on. Each host tells its instances' lines by a clock of its own, so the
 * last is one of each instance: it asks from the oldest of those on, and passes over what it has had of the others.
 */
final class LogEvents {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** So long a server may be away, or a node out of its reach. */
    private static final Duration AWAY = Duration.ofSeconds(30);

    private static final long PAUSE_MILLIS = 1_000;
    /** By so much at most one host's clock is behind another's: an instance whose last line is older wrote nothing for as long. */
    private static final Duration CLOCKS = Duration.ofMinutes(1);

    /** What passes by itself. */
    private static final Set<String> PASSING = Set.of("transport_unavailable", "closed", "busy", "runtime_unavailable");

    private final Requests requests;
    private final String path;
    private final LogTerms terms;
    private final Consumer<JsonNode> reader;
    private final Duration away;

    /** Whether there was anything to read, however little came of it: who asks again then asks for what is there. */
    private boolean answered;

    /** Since when there is an answer; null: none came. */
    private @Nullable Long openedAtNanos;

    private @Nullable String last;
    /** Of each instance, up to where the reader has its lines. */
    private final Map<String, Had> newest = new HashMap<>();
    /** The same when the way broke. */
    private Map<String, Had> had = Map.of();
    /** Of each instance, how many lines of that very time came again since. */
    private final Map<String, Integer> again = new HashMap<>();

    private boolean progress;

    /**
     * Up to where lines were had. One that is long comes in parts of 16 KiB, to all of which an engine gives one time: of that, it counts how many.
     *
     * @param time of the last one
     * @param lines how many of that very time
     */
    private record Had(Instant time, int lines) {
        Had and(Instant next) {
            return next.equals(time) ? new Had(time, lines + 1) : next.isAfter(time) ? new Had(next, 1) : this;
        }
    }

    LogEvents(Requests requests, String path, LogTerms terms, Consumer<JsonNode> reader) {
        this(requests, path, terms, reader, AWAY);
    }

    /** @param away so long it is tried again */
    LogEvents(Requests requests, String path, LogTerms terms, Consumer<JsonNode> reader, Duration away) {
        this.requests = requests;
        this.path = path;
        this.terms = terms;
        this.reader = reader;
        this.away = away;
    }

    /** Until the end. */
    void read() {
        Long brokeAtNanos = null;
        while (true) {
            progress = false;
            openedAtNanos = null;
            try {
                once();
                return;
            } catch (OfTheReader e) {
                throw e.thrown;
            } catch (KnitClientException e) {
                long now = System.nanoTime();
                Long opened = openedAtNanos;
                // one that stood so long without a line is none of those that fail one after another
                boolean stood = opened != null && now - opened > away.toNanos();
                if (brokeAtNanos == null || progress || stood) {
                    brokeAtNanos = now;
                }
                if (!answered || !passes(e) || now - brokeAtNanos > away.toNanos()) {
                    throw e;
                }
                had = Map.copyOf(newest);
                again.clear();
                pause();
            }
        }
    }

    private static boolean passes(KnitClientException e) {
        return e.kind() == Kind.UNREACHABLE
                || PASSING.contains(e.problems().get(0).code());
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KnitClientException.of(Kind.FAILED, "interrupted");
        }
    }

    private void once() {
        try (InputStream in = requests.open(path, query(), from());
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            answered = true;
            openedAtNanos = System.nanoTime();
            String event = "";
            String id = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    event = line.substring("event: ".length());
                } else if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("data: ")) {
                    if (event.equals("end")) {
                        return;
                    }
                    JsonNode data = JSON.readTree(line.substring("data: ".length()));
                    if (!event.equals("line") || isNew(data)) {
                        take(event, data);
                    }
                    last = id == null ? last : id;
                    progress = true;
                    id = null;
                }
            }
            throw requests.brokenOff(new IOException("it had no end"));
        } catch (IOException e) {
            throw requests.brokenOff(e);
        }
    }

    /** What to ask from, so that others of the last line's time come again; null: from the beginning. */
    private @Nullable String from() {
        if (had.isEmpty()) {
            return last;
        }
        List<Instant> times = had.values().stream().map(Had::time).toList();
        Instant oldest = Collections.min(times);
        Instant latest = Collections.max(times).minus(CLOCKS);
        return (oldest.isBefore(latest) ? latest : oldest).minusNanos(1).toString();
    }

    private boolean isNew(JsonNode line) {
        String instance = line.path("instance").asText();
        Instant time;
        try {
            time = Instant.parse(line.path("time").asText());
        } catch (DateTimeParseException e) {
            // nothing to tell it by
            return true;
        }
        Had before = had.get(instance);
        if (before != null
                && (time.isBefore(before.time())
                        || time.equals(before.time()) && again.merge(instance, 1, Integer::sum) <= before.lines())) {
            return false;
        }
        newest.merge(instance, new Had(time, 1), (known, first) -> known.and(first.time()));
        return true;
    }

    private void take(String event, JsonNode data) {
        if (event.equals("error")) {
            String words = data.path("message").asText();
            throw new KnitClientException(
                    Kind.FAILED, List.of(new Problem(data.path("code").asText(), words, "")));
        }
        if (data instanceof ObjectNode tree) {
            try {
                reader.accept(tree.put("event", event));
            } catch (KnitClientException e) {
                throw new OfTheReader(e);
            }
        }
    }

    /** What was asked for in the reader and failed, which is nothing of this way. */
    private static final class OfTheReader extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final KnitClientException thrown;

        OfTheReader(KnitClientException thrown) {
            super(thrown);
            this.thrown = thrown;
        }
    }

    private Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        if (terms.follow()) {
            query.put("follow", "true");
        }
        if (terms.part() != null) {
            query.put("part", terms.part());
        }
        if (terms.tail() != null) {
            query.put("tail", terms.tail().toString());
        }
        if (terms.since() != null) {
            query.put("since", terms.since().toString());
        }
        return query;
    }
}
