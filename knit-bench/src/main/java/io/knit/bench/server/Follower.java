package io.knit.bench.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Reads the server's events all the time and counts them by type and deployment. */
final class Follower implements AutoCloseable {
    private final Socket socket;
    private final Map<String, Integer> heard = new HashMap<>();
    private int resets;
    private long newest;
    private boolean ended;

    Follower(URI http) throws IOException {
        socket = new Socket(http.getHost(), http.getPort());
        socket.getOutputStream()
                .write(("GET /events HTTP/1.1\r\nHost: " + http.getAuthority() + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1 << 16);
        Thread reader = new Thread(() -> readOn(lines), "follower");
        reader.setDaemon(true);
        reader.start();
    }

    private void readOn(BufferedReader lines) {
        try {
            String type = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    type = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    heard(type, line);
                }
            }
        } catch (IOException e) {
            // closed: the run is over
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    private synchronized void heard(String type, String data) {
        if (type.equals("reset")) {
            resets++;
        } else {
            long seq = Long.parseLong(between(data, "\"seq\":", ","));
            if (newest > 0 && seq != newest + 1) {
                resets++;
            }
            newest = seq;
            heard.merge(type + " " + between(data, "\"deployment\":\"", "\""), 1, Integer::sum);
        }
        notifyAll();
    }

    private static String between(String text, String before, String after) {
        int from = text.indexOf(before);
        return from < 0 ? "" : text.substring(from + before.length(), text.indexOf(after, from + before.length()));
    }

    /** Waits until so many events of the type were heard of the deployment. */
    synchronized void await(String type, String deployment, int count) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (heard.getOrDefault(type + " " + deployment, 0) < count) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0 || ended) {
                throw new IllegalStateException("heard " + heard.getOrDefault(type + " " + deployment, 0) + " of "
                        + count + " " + type + " of " + deployment + (ended ? ", then the server hung up" : ""));
            }
            wait(left);
        }
    }

    /** How often something was missing. */
    synchronized int resets() {
        return resets;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
