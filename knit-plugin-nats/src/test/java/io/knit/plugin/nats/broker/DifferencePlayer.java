package io.knit.plugin.nats.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plays a {@link DifferenceScript} and writes down what each client hears after each step. Levels out what a broker is free to do: the
 * order in which the subscriptions of one client get one message, the member of a queue group, and which of the asker's
 * subscriptions hears that nobody answers.
 */
final class DifferencePlayer implements AutoCloseable {
    private static final Pattern NOBODY = Pattern.compile(
            "(HMSG \\S+ )\\S+ \\d+ \\d+(\r\nNATS/1.0 503\r\n)(Nats-Subject: [^\r]*\r\n)?(.*)", Pattern.DOTALL);
    private static final String INVALID = "-ERR 'Invalid Publish Subject'\r\n";
    /** A broken size makes the broker wait for a payload. */
    private static final int SILENCE_MILLIS = 2000;

    private static final Pattern SHARED = Pattern.compile("H?MSG \\S+ \\S*q\\S* .*", Pattern.DOTALL);

    private final List<RawClient> clients = new ArrayList<>();
    private final boolean[] gone = new boolean[DifferenceScript.CLIENTS];
    private int shared;

    private DifferencePlayer(int port) {
        for (int i = 0; i < DifferenceScript.CLIENTS; i++) {
            clients.add(new RawClient(port).patience(SILENCE_MILLIS));
        }
    }

    static List<String> play(List<DifferenceScript.Step> script, int port) {
        List<String> transcript = new ArrayList<>();
        try (DifferencePlayer player = new DifferencePlayer(port)) {
            for (DifferenceScript.Step step : script) {
                transcript.add(player.play(step));
            }
        }
        return transcript;
    }

    private String play(DifferenceScript.Step step) {
        if (gone[step.client()]) {
            return "";
        }
        clients.get(step.client()).trySend(DifferenceScript.bytes(step.sent()));
        shared = 0;
        StringBuilder heard = new StringBuilder(listen(step.client(), step.pings()));
        for (int other = 0; other < clients.size(); other++) {
            if (other != step.client()) {
                heard.append(listen(other, 0));
            }
        }
        return shared == 0 ? heard.toString() : heard + "(" + shared + " to members of a group)\r\n";
    }

    private String listen(int client, int pings) {
        if (gone[client]) {
            return "";
        }
        RawClient.Heard heard = clients.get(client).heard(pings);
        if (heard.end() == RawClient.End.SILENCE) {
            // nats-server looks for a payload's line end as soon as its first byte must be there, this broker when both
            // must be
            clients.get(client).trySend(DifferenceScript.bytes("\r\n"));
            RawClient.Heard more = clients.get(client).heard(0);
            heard = new RawClient.Heard(heard.text() + more.text(), more.end());
        }
        gone[client] = heard.end() != RawClient.End.ANSWER;
        List<String> frames = level(frames(heard.text()));
        if (frames.isEmpty() && !gone[client]) {
            return "";
        }
        return "[" + client + "] " + String.join("", frames) + (gone[client] ? "(" + heard.end() + ")\r\n" : "");
    }

    /** What a broker said, in lines and messages, each with its end. */
    static List<String> frames(String text) {
        List<String> frames = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf("\r\n", start) + 2;
            if (end < 2) {
                end = text.length();
            }
            String line = text.substring(start, end).stripTrailing();
            if (line.startsWith("MSG ") || line.startsWith("HMSG ")) {
                end = Math.min(text.length(), end + Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)) + 2);
            }
            frames.add(text.substring(start, end));
            start = end;
        }
        return frames;
    }

    private List<String> level(List<String> frames) {
        List<String> level = new ArrayList<>();
        List<String> copies = new ArrayList<>();
        for (String frame : frames) {
            if (SHARED.matcher(frame).matches()) {
                shared++;
                continue;
            }
            // nats-server says it again where its read buffer ends between the line and the payload
            if (frame.equals(INVALID) && !copies.isEmpty() && copies.get(0).equals(INVALID)) {
                continue;
            }
            Matcher nobody = NOBODY.matcher(frame);
            String next = nobody.matches() ? nobody.group(1) + "?" + nobody.group(2) + nobody.group(4) : frame;
            if (!copies.isEmpty() && !sameMessage(copies.get(0), next)) {
                flush(copies, level);
            }
            copies.add(next);
        }
        flush(copies, level);
        return level;
    }

    private static void flush(List<String> copies, List<String> into) {
        copies.sort(Comparator.naturalOrder());
        into.addAll(copies);
        copies.clear();
    }

    private static boolean sameMessage(String one, String other) {
        return one.contains("MSG ") && payload(one).equals(payload(other));
    }

    private static String payload(String frame) {
        return frame.substring(frame.indexOf("\r\n") + 2);
    }

    @Override
    public void close() {
        clients.forEach(RawClient::close);
    }
}
