package io.knit.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.knit.client.KnitClientException.Kind;
import io.knit.client.KnitClientException.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Questions and changes as HTTP requests; answers as trees or {@link KnitClientException}s. Thread-safe. */
final class Requests {
    private static final Duration MOST_TO_ANSWER = Duration.ofSeconds(30);
    /** How long a server that is there takes to say so. */
    private static final Duration MOST_TO_PING = Duration.ofSeconds(10);
    /** Three of the words by which a server keeps its stream of events open. */
    private static final Duration EVENTS_SILENCE = Duration.ofSeconds(45);
    /** The same of lines, with time to spare: those come half as often. */
    private static final Duration LINES_SILENCE = Duration.ofSeconds(75);

    /** How proxies answer while the server behind them is away. */
    private static final Set<Integer> OF_PROXIES = Set.of(502, 503, 504);

    /** What a server answers that does not know itself whether a change was stored. */
    private static final String IN_DOUBT = "commit_in_doubt";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String server;
    private final HttpClient http;
    private final @Nullable String token;
    private final Duration eventsSilence;
    private final Duration linesSilence;
    private final Duration answerSilence;

    /** @param token null: nobody says who asks */
    Requests(URI server, HttpClient http, @Nullable String token) {
        this(server, http, token, EVENTS_SILENCE, LINES_SILENCE, MOST_TO_ANSWER);
    }

    /**
     * The same with another patience.
     *
     * @param eventsSilence after so long a stream of events counts as broken
     * @param linesSilence the same of lines
     * @param answerSilence the same of an answer whose head was there; where that may take long, it is asked then whether the server is there
     */
    Requests(
            URI server,
            HttpClient http,
            @Nullable String token,
            Duration eventsSilence,
            Duration linesSilence,
            Duration answerSilence) {
        boolean web = "http".equalsIgnoreCase(server.getScheme()) || "https".equalsIgnoreCase(server.getScheme());
        if (!web || server.getHost() == null || server.getRawQuery() != null || server.getRawUserInfo() != null) {
            throw new IllegalArgumentException("the server must be like http://10.54.0.1:8080");
        }
        this.http = http;
        this.token = token;
        this.eventsSilence = eventsSilence;
        this.linesSilence = linesSilence;
        this.answerSilence = answerSilence;
        this.server = server.toString().replaceFirst("/+$", "");
    }

    String server() {
        return server;
    }

    /** One part of a path, whatever is in it, but for what would make another path of it. */
    static String segment(String text) {
        if (text.isEmpty() || text.equals(".") || text.equals("..")) {
            throw new IllegalArgumentException("a name is missing, or is only dots");
        }
        return encoded(text);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** As the API takes it. */
    static String duration(Duration duration) {
        return duration.toMillis() + "ms";
    }

    JsonNode get(String path, Map<String, String> query) {
        return body(send(request("GET", path, query, null, MOST_TO_ANSWER).build(), false), false);
    }

    /** What is asked with a body: nothing is other for it. */
    JsonNode ask(String path, Map<String, String> query, JsonNode body) {
        return body(send(request("POST", path, query, body, MOST_TO_ANSWER).build(), false), false);
    }

    /**
     * Something that has no bounds in time.
     *
     * @param change whether something may be other when it was carried out
     */
    JsonNode work(String method, String path, boolean change) {
        return body(patiently(request(method, path, Map.of(), null, null).build(), change), change);
    }

    ChangeAnswer change(String method, String path, @Nullable JsonNode body, ChangeTerms terms) {
        return change(method, path, Map.of(), body, terms);
    }

    /** @param more of the query, beside what the terms say */
    ChangeAnswer change(
            String method, String path, Map<String, String> more, @Nullable JsonNode body, ChangeTerms terms) {
        Map<String, String> query = new LinkedHashMap<>(more);
        if (terms.dryRun()) {
            query.put("dry_run", "true");
        }
        Duration patience = MOST_TO_ANSWER;
        if (terms.patience() != null) {
            query.put("wait", duration(terms.patience()));
            patience = patience.plus(terms.patience());
        }
        HttpRequest.Builder request = request(method, path, query, body, patience);
        if (terms.revision() != null && terms.revision() == 0) {
            request.header("If-None-Match", "*");
        } else if (terms.revision() != null) {
            request.header("If-Match", "\"" + terms.revision() + "\"");
        }
        boolean change = !terms.dryRun();
        HttpResponse<InputStream> response = send(request.build(), change);
        JsonNode answer = body(response, change);
        return new ChangeAnswer(
                change && response.statusCode() != 202,
                answer.path("unsettled").asText(),
                answer.path("timed_out").asBoolean(),
                answer);
    }

    void events(Map<String, String> query, Runnable opened, Consumer<JsonNode> reader) {
        HttpRequest request = request("GET", "/events", query, null, null).build();
        HttpResponse<InputStream> response =
                send(() -> begun(request, eventsSilence, () -> new StreamedBody(eventsSilence), () -> false, 1), false);
        if (response.statusCode() != 200) {
            body(response, false);
        }
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            opened.run();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data:")) {
                    reader.accept(JSON.readTree(line.substring("data:".length())));
                }
            }
        } catch (IOException e) {
            throw brokenOff(e);
        }
    }

    /**
     * Server-sent events, which the caller closes.
     *
     * @param last after which one to go on; null: as the query says
     */
    InputStream open(String path, Map<String, String> query, @Nullable String last) {
        HttpRequest.Builder request = request("GET", path, query, null, null).header("Accept", "text/event-stream");
        if (last != null) {
            request.header("Last-Event-ID", last);
        }
        HttpRequest built = request.build();
        HttpResponse<InputStream> response = send(
                () -> begun(
                        built,
                        linesSilence,
                        () -> new StreamedBody(linesSilence),
                        this::isThere,
                        StreamedBody.MOST_SILENCES),
                false);
        if (response.statusCode() != 200) {
            body(response, false);
        }
        return response.body();
    }

    /** A body of any length, which the caller closes. Where the server breaks off, or is gone without a word, reading it fails. */
    InputStream download(String path, Map<String, String> query) {
        HttpResponse<InputStream> response =
                patiently(request("GET", path, query, null, null).build(), false);
        if (response.statusCode() != 200) {
            body(response, false);
        }
        return response.body();
    }

    /** The same, without a query. */
    InputStream download(String path) {
        return download(path, Map.of());
    }

    /**
     * A tar of any length, sent when the server wants it.
     *
     * @return what is answered; missing: nothing is
     */
    JsonNode upload(String method, String path, Map<String, String> query, InputStream body) {
        AtomicBoolean wanted = new AtomicBoolean();
        HttpResponse<InputStream> response = sending(tar(method, path, query)
                .method(method, BodyPublishers.ofInputStream(() -> {
                    wanted.set(true);
                    return body;
                }))
                .expectContinue(true)
                .build());
        if (wanted.get() || response.statusCode() < 300) {
            return body(response, true);
        } else {
            throw refusedUnseen(method, path, query, response.statusCode());
        }
    }

    /** Java 17 reads and drops what a server says that does not want the body; reading it would never end. With an empty body it is refused in the same words. */
    private KnitClientException refusedUnseen(String method, String path, Map<String, String> query, int status) {
        HttpResponse<InputStream> again = patiently(
                tar(method, path, query).method(method, BodyPublishers.noBody()).build(), true);
        try (InputStream in = again.body()) {
            byte[] words = in.readAllBytes();
            return again.statusCode() == status
                    ? refusal(status, tree(words), true)
                    : KnitClientException.of(Kind.REFUSED, server + " did not take it (" + status + "); try again");
        } catch (IOException e) {
            return unanswered(e, true);
        }
    }

    private HttpRequest.Builder tar(String method, String path, Map<String, String> query) {
        return request(method, path, query, null, null).header("Content-Type", "application/x-tar");
    }

    /**
     * Opens a WebSocket.
     *
     * @param query with its question mark, encoded
     */
    void connect(String path, String query, WebSocket.Listener listener) {
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(MOST_TO_ANSWER);
        if (token != null) {
            builder.header("Authorization", "Bearer " + token);
        }
        URI uri = URI.create(server.replaceFirst("(?i)^http", "ws") + path + query);
        try {
            builder.buildAsync(uri, listener).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                String text = String.valueOf(refused.getResponse().body());
                throw refusal(refused.getResponse().statusCode(), tree(text.getBytes(StandardCharsets.UTF_8)), false);
            }
            throw e.getCause() instanceof IOException io
                    ? unanswered(io, false)
                    : KnitClientException.of(Kind.FAILED, String.valueOf(e.getCause()));
        }
    }

    /** A query parameter, encoded. */
    static String parameter(String name, Object value) {
        return encoded(name) + "=" + encoded(value.toString());
    }

    private HttpRequest.Builder request(
            String method,
            String path,
            Map<String, String> query,
            @Nullable JsonNode body,
            @Nullable Duration patience) {
        String words = query.entrySet().stream()
                .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
                .collect(Collectors.joining("&"));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server + path + (words.isEmpty() ? "" : "?" + words)));
        if (patience != null) {
            request.timeout(patience);
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body == null) {
            return request.method(method, BodyPublishers.noBody());
        }
        return request.header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body.toString()));
    }

    /** Something that is sent. */
    private interface Sent {
        HttpResponse<InputStream> answer() throws IOException, InterruptedException;
    }

    private HttpResponse<InputStream> send(HttpRequest request, boolean change) {
        return send(() -> http.send(request, head -> new StreamedBody(answerSilence)), change);
    }

    /** The same of what has no bounds in time, and may rightly be still for long. */
    private HttpResponse<InputStream> patiently(HttpRequest request, boolean change) {
        return patiently(request, change, StreamedBody.MOST_SILENCES);
    }

    /** The same of a change with a body, whose sending takes as long as it takes. */
    private HttpResponse<InputStream> sending(HttpRequest request) {
        return patiently(request, true, Integer.MAX_VALUE);
    }

    private HttpResponse<InputStream> patiently(HttpRequest request, boolean change, int silences) {
        return send(
                () -> begun(
                        request,
                        answerSilence,
                        () -> new StreamedBody(answerSilence, this::isThere),
                        this::isThere,
                        silences),
                change);
    }

    /** Whether the server answers, over a connection of its own: one that was kept may lead to nobody. An interrupt is for who asks. */
    private boolean isThere() {
        HttpClient.Builder fresh = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(http.sslContext())
                .sslParameters(http.sslParameters())
                .connectTimeout(MOST_TO_PING);
        http.proxy().ifPresent(fresh::proxy);
        CompletableFuture<HttpResponse<Void>> coming = fresh.build()
                .sendAsync(request("GET", "/ping", Map.of(), null, MOST_TO_PING).build(), BodyHandlers.discarding());
        try {
            coming.get(MOST_TO_PING.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } finally {
            coming.cancel(true);
        }
    }

    /**
     * The head of an answer. The request's own timeout would be none for its begin alone: from Java 26 on it holds for the body, too.
     *
     * @param goesOn whether it is waited for longer than that silence
     * @param most so many silences are waited for
     */
    private HttpResponse<InputStream> begun(
            HttpRequest request, Duration silence, Supplier<StreamedBody> body, BooleanSupplier goesOn, int most)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> coming = http.sendAsync(request, head -> body.get());
        try {
            for (int silences = 1; ; silences++) {
                try {
                    return coming.get(silence.toNanos(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    boolean waits = silences < most && (goesOn.getAsBoolean() || coming.isDone());
                    if (!waits) {
                        throw StreamedBody.silent(silence);
                    }
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
        } finally {
            coming.cancel(true);
        }
    }

    /** @param change whether something may be other when it was carried out */
    private HttpResponse<InputStream> send(Sent request, boolean change) {
        try {
            return request.answer();
        } catch (HttpConnectTimeoutException e) {
            throw unanswered(e, change);
        } catch (HttpTimeoutException e) {
            String words = server + " did not answer in time";
            throw change
                    ? KnitClientException.ofDoubt(Kind.TIMED_OUT, words)
                    : KnitClientException.of(Kind.TIMED_OUT, words + "; try again");
        } catch (SSLException e) {
            throw KnitClientException.of(
                    Kind.UNREACHABLE,
                    "TLS with " + server + " failed (" + e.getMessage()
                            + "); say whom to trust (knit: --ca-file or KNIT_CA), and show a certificate if it asks for one"
                            + " (--cert-file, --key-file)");
        } catch (IOException e) {
            throw unanswered(e, change);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(change);
        }
    }

    /** Whether a change was sent by then nobody can say. */
    private KnitClientException interrupted(boolean change) {
        String words = "interrupted while " + server + " was asked";
        return change ? KnitClientException.ofDoubt(Kind.FAILED, words) : KnitClientException.of(Kind.FAILED, words);
    }

    /** What can't be connected to was sent nothing; what breaks after that may have done all of it. */
    private KnitClientException unanswered(IOException e, boolean change) {
        if (e instanceof InterruptedIOException) {
            return interrupted(change);
        }
        if (e instanceof ConnectException || e instanceof HttpConnectTimeoutException) {
            return KnitClientException.of(
                    Kind.UNREACHABLE,
                    "no server answers at " + server + " (" + why(e) + "); start one, or say where it is");
        }
        String words = "the connection to " + server + " broke off before its answer was there (" + why(e) + ")";
        return change
                ? KnitClientException.ofDoubt(Kind.UNREACHABLE, words)
                : KnitClientException.of(
                        Kind.UNREACHABLE,
                        words
                                + "; try again, and look whether a Knit server is there, and speaks http or https as said");
    }

    /** What came as it happened comes no more. */
    KnitClientException brokenOff(IOException e) {
        return e instanceof InterruptedIOException
                ? interrupted(false)
                : KnitClientException.of(
                        Kind.UNREACHABLE, "the connection to " + server + " broke off (" + why(e) + "); ask again");
    }

    private static String why(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "no host has that name";
            }
        }
        String words = e.getMessage();
        if (words != null) {
            return words;
        }
        return e instanceof ConnectException ? "connection refused" : "it was closed";
    }

    /** The tree of a good answer. */
    private JsonNode body(HttpResponse<InputStream> response, boolean change) {
        byte[] bytes;
        try (InputStream in = response.body()) {
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw unanswered(e, change);
        }
        int status = response.statusCode();
        JsonNode tree = tree(bytes);
        if (status < 300 && tree != null) {
            return tree;
        }
        throw refusal(status, tree, change);
    }

    private KnitClientException refusal(int status, @Nullable JsonNode tree, boolean change) {
        if (tree != null && tree.path("code").isTextual()) {
            boolean inDoubt = change && tree.path("code").asText().equals(IN_DOUBT);
            return new KnitClientException(kind(status), problems(tree), inDoubt);
        }
        String words = server + " answered " + status + ", and nothing that a Knit server says";
        if (!OF_PROXIES.contains(status)) {
            return KnitClientException.of(Kind.FAILED, words + "; is it one?");
        }
        return change
                ? KnitClientException.ofDoubt(Kind.UNREACHABLE, words)
                : KnitClientException.of(Kind.UNREACHABLE, words + "; it may be a proxy that does not reach one");
    }

    private static @Nullable JsonNode tree(byte[] bytes) {
        if (bytes.length == 0) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never of bytes
        }
    }

    private static Kind kind(int status) {
        if (status == 404) {
            return Kind.NOT_FOUND;
        }
        return status < 500 || status == 503 ? Kind.REFUSED : Kind.FAILED;
    }

    private static List<Problem> problems(JsonNode answer) {
        List<Problem> all = new ArrayList<>();
        answer.path("errors").forEach(one -> all.add(problem(one)));
        return all.isEmpty() ? List.of(problem(answer)) : all;
    }

    private static Problem problem(JsonNode one) {
        return new Problem(
                one.path("code").asText(),
                one.path("detail").asText(),
                one.path("pointer").asText());
    }
}
