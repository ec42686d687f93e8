package io.knit.launcher.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A client under a steady load, in a process of its own on the server's host: so many requests a second, each on a connection of its own, to the
 * instances that {@code GET /deployments/{name}} shows as running and healthy, in turns. The list is read four times a second. Where a connection is not made it is tried once more at
 * the next instance; whatever goes wrong later is a lost request. A line on standard input that names an address counts what is lost on connections to it
 * as held by that host from then on; an empty line has it write what was sent, tried again, held and lost since the last.
 */
final class SteadyClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CONNECT_MILLIS = 1_000;
    private static final int READ_MILLIS = 5_000;
    private static final byte[] REQUEST = "GET / HTTP/1.0\r\nHost: web\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final ExecutorService requests = Executors.newCachedThreadPool();
    private final URI asked;
    private volatile List<Endpoint> endpoints = List.of();
    private volatile String dead = "";
    private final AtomicLong turn = new AtomicLong();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger again = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();

    /** @param instance its id, for people */
    private record Endpoint(String instance, String host, int port) {}

    private static final class NotConnectedException extends IOException {
        private static final long serialVersionUID = 1L;

        NotConnectedException(IOException cause) {
            super(cause);
        }
    }

    private SteadyClient(URI asked) {
        this.asked = asked;
    }

    /** @param args the deployment's URL, and how many requests a second */
    public static void main(String[] args) throws IOException {
        new SteadyClient(URI.create(args[0])).run(Integer.parseInt(args[1]));
        System.exit(0);
    }

    private void run(int rate) throws IOException {
        clock.scheduleWithFixedDelay(this::look, 0, 250, TimeUnit.MILLISECONDS);
        clock.scheduleAtFixedRate(
                () -> requests.execute(this::request), 1_000_000, 1_000_000 / rate, TimeUnit.MICROSECONDS);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isEmpty()) {
                say("sent " + sent.getAndSet(0) + " again " + again.getAndSet(0) + " held " + held.getAndSet(0)
                        + " lost " + lost.getAndSet(0));
            } else {
                dead = line;
                say("noted");
            }
        }
    }

    private void look() {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(asked).timeout(Duration.ofSeconds(2)).build();
            JsonNode view = JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
            List<Endpoint> found = new ArrayList<>();
            for (JsonNode instance : view.path("instances")) {
                String health = instance.path("health").asText();
                if (instance.path("state").asText().equals("running")
                        && (health.equals("healthy") || health.equals("none"))) {
                    JsonNode port = instance.path("ports").get(0);
                    found.add(new Endpoint(
                            instance.path("id").asText(),
                            port.path("host_ip").asText(),
                            port.path("host_port").asInt()));
                }
            }
            if (!found.equals(endpoints)) {
                say("# " + Instant.now() + " " + found);
                endpoints = found;
            }
        } catch (IOException e) {
            say("# the server did not answer: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void request() {
        sent.incrementAndGet();
        long mine = turn.getAndIncrement();
        Endpoint last = null;
        Instant began = Instant.now();
        try {
            last = at(mine);
            try {
                ask(last);
            } catch (NotConnectedException e) {
                again.incrementAndGet();
                last = at(mine + 1);
                ask(last);
            }
        } catch (IOException | RuntimeException e) {
            boolean wasHeld = last != null && last.host().equals(dead) && !(e instanceof NotConnectedException);
            (wasHeld ? held : lost).incrementAndGet();
            say("# " + (wasHeld ? "held" : "LOST") + " at " + last + " from " + began + " to " + Instant.now() + ": "
                    + e);
        }
    }

    private Endpoint at(long number) throws IOException {
        List<Endpoint> all = endpoints;
        if (all.isEmpty()) {
            throw new IOException("no instance is running and healthy");
        }
        return all.get((int) (number % all.size()));
    }

    private static void ask(Endpoint endpoint) throws IOException {
        try (Socket socket = connect(endpoint)) {
            socket.setSoTimeout(READ_MILLIS);
            socket.getOutputStream().write(REQUEST);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!answer.startsWith("HTTP/1.") || !answer.contains(" 200 ") || !answer.contains("It works")) {
                throw new IOException("answered \"" + answer.lines().findFirst().orElse("") + "\"");
            }
        }
    }

    private static Socket connect(Endpoint endpoint) throws IOException {
        @Nullable Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), CONNECT_MILLIS);
            Socket made = socket;
            socket = null;
            return made;
        } catch (IOException e) {
            throw new NotConnectedException(e);
        } finally {
            if (socket != null) {
                socket.close();
            }
        }
    }

    private static void say(String words) {
        System.out.println(words);
    }
}
