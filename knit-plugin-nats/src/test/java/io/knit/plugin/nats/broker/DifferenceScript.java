package io.knit.plugin.nats.broker;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a few clients send, made from a seed: ordinary operations, odd ones, and broken ones. Nothing in it leaves a broker a choice
 * other than those that {@link DifferencePlayer} levels out.
 */
final class DifferenceScript {
    static final int CLIENTS = 3;
    private static final int STEPS = 25;
    private static final List<String> TOKENS = List.of("a", "b", "cc", "*", ">");
    private static final List<String> ODD_SUBJECTS =
            List.of("", ".", "a.", ".a", "a..b", ">.a", "a.>.b", "a*", "a>", "*a.b", "**", ">>", "$SYS.x", "_INBOX.a");
    private static final List<String> ODD_NUMBERS = List.of(
            "0", "-1", "+1", "x", "1x", "007", "1.5", "", "999999999", "1234567890", "99999999999999999999999", "0x1");

    /** One write of one client. */
    record Step(int client, String sent, int pings) {}

    private final Random random;
    private final List<Step> steps = new ArrayList<>();
    private int pings;
    private int payloads;

    private DifferenceScript(long seed) {
        this.random = new Random(seed);
    }

    static List<Step> steps(long seed) {
        DifferenceScript script = new DifferenceScript(seed);
        for (int client = 0; client < CLIENTS; client++) {
            if (script.chance(8)) {
                continue; // stays as it is before CONNECT
            }
            script.steps.add(new Step(client, "CONNECT " + script.usualOptions() + "\r\n", 0));
        }
        for (int i = 0; i < STEPS; i++) {
            script.steps.add(script.step());
        }
        return script.steps;
    }

    private Step step() {
        pings = 0;
        int client = random.nextInt(CLIENTS);
        StringBuilder sent = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            sent.append(chance(40) ? broken() : operation());
        }
        return new Step(client, sent.toString(), pings);
    }

    private boolean chance(int of) {
        return random.nextInt(of) == 0;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String operation() {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> publish(subject(5));
            case 6, 7, 8 -> headers();
            case 9, 10, 11, 12, 13 -> subscribe();
            case 14, 15, 16 -> unsubscribe();
            case 17 -> ping();
            case 18 -> any(List.of("PONG\r\n", "+OK\r\n", "INFO {}\r\n", "pong \r\n", "PONGS\r\n"));
            default -> chance(3) ? "CONNECT " + options() + "\r\n" : publish(subject(3));
        };
    }

    private String publish(String subject) {
        String payload = payload();
        String size = chance(12) ? "0" + payload.length() : Integer.toString(payload.length());
        return line(word("PUB"), subject, chance(3) ? reply() : "", size) + payload + "\r\n";
    }

    private String headers() {
        String header = chance(6) ? "" : chance(6) ? "zz" : "NATS/1.0\r\nk: " + random.nextInt(9) + "\r\n\r\n";
        String all = header + payload();
        return line(
                        word("HPUB"),
                        subject(5),
                        chance(3) ? reply() : "",
                        Integer.toString(header.length()),
                        Integer.toString(all.length()))
                + all
                + "\r\n";
    }

    // told apart, so that the player can put copies of one message in order
    private String payload() {
        return chance(4) ? "" : "#" + payloads++ + "x".repeat(chance(10) ? random.nextInt(6000) : random.nextInt(20));
    }

    private String subject(int kinds) {
        if (chance(20)) {
            return any(ODD_SUBJECTS);
        }
        StringBuilder subject = new StringBuilder(TOKENS.get(random.nextInt(chance(8) ? kinds : 3)));
        for (int i = random.nextInt(3); i > 0; i--) {
            subject.append('.').append(TOKENS.get(random.nextInt(chance(8) ? kinds : 3)));
        }
        return subject.toString();
    }

    private String pattern() {
        if (chance(15)) {
            return any(ODD_SUBJECTS);
        }
        StringBuilder subject = new StringBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            subject.append(TOKENS.get(random.nextInt(4))).append('.');
        }
        return subject.append(any(TOKENS)).toString();
    }

    private String reply() {
        return chance(2) ? "r." + random.nextInt(3) : subject(5);
    }

    // members of shared groups have sids with a q and no limits: who of them gets a message is up to the broker
    private String subscribe() {
        if (chance(3)) {
            return line(word("SUB"), pattern(), "group", "q" + random.nextInt(4));
        }
        String subject = chance(4) ? "r.*" : pattern();
        return line(word("SUB"), subject, chance(5) ? "own" + payloads++ : "", sid());
    }

    private String sid() {
        return chance(15) ? any(List.of("s", "0", "-1", "01", "1x")) : Integer.toString(random.nextInt(6));
    }

    private String unsubscribe() {
        if (chance(4)) {
            return line(word("UNSUB"), "q" + random.nextInt(4));
        }
        String limit = chance(3) ? "" : chance(4) ? any(ODD_NUMBERS) : Integer.toString(random.nextInt(5));
        return line(word("UNSUB"), sid(), limit);
    }

    private String ping() {
        pings++;
        return any(List.of("PING\r\n", "ping\r\n", "PiNg \r\n", "PING x\r\n", "PING\n", "PING\t\t\r\n"));
    }

    private String word(String word) {
        return chance(8)
                ? word.toLowerCase(java.util.Locale.ROOT)
                : chance(12) ? word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT) : word;
    }

    private String line(String... words) {
        StringBuilder line = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            if (!words[i].isEmpty()) {
                line.append(chance(10) ? any(List.of("\t", "  ", " \t ", "\t\t")) : " ")
                        .append(words[i]);
            }
        }
        return line.append(chance(10) ? any(List.of(" \r\n", "\n", "\t\r\n", " \n")) : "\r\n")
                .toString();
    }

    private String usualOptions() {
        return "{\"verbose\":" + chance(4) + ",\"pedantic\":" + chance(4) + ",\"echo\":" + !chance(4)
                + (chance(4) ? "" : ",\"headers\":true,\"no_responders\":" + random.nextBoolean()) + ",\"protocol\":1}";
    }

    private String options() {
        if (chance(2)) {
            return usualOptions();
        }
        String field = any(List.of(
                "verbose", "pedantic", "echo", "headers", "no_responders", "protocol", "name", "lang", "version", "x"));
        String value = any(List.of(
                "true",
                "false",
                "null",
                "0",
                "1",
                "-1",
                "2",
                "1.0",
                "1e0",
                "\"true\"",
                "\"\"",
                "{}",
                "[]",
                "\"\\u0000\""));
        String other = chance(3) ? ",\"" + field + "\":" + any(List.of("true", "null", "1")) : "";
        String json =
                "{\"" + (chance(5) ? field.toUpperCase(java.util.Locale.ROOT) : field) + "\":" + value + other + "}";
        return chance(6) ? json + any(List.of(" ", "x", "{}", "\t", "\u0000")) : json;
    }

    private String broken() {
        return switch (random.nextInt(12)) {
            case 0 -> line(word("PUB"), subject(5), any(ODD_NUMBERS)) + "\r\n";
            case 1 -> line(word("PUB"), "a", "b", "c", "2") + "ok\r\n";
            case 2 -> line(word("HPUB"), "a", any(ODD_NUMBERS), any(ODD_NUMBERS)) + "okokok\r\n";
            case 3 -> line(word("SUB"), pattern(), "a", "b", "c");
            case 4 -> line(word("SUB"), pattern());
            case 5 -> line(word("SUB"), "a".repeat(4080 + random.nextInt(30)), "9");
            case 6 -> line(word("PUB"), "a", "1048577");
            case 7 -> line(word("UNSUB"), "1", "2", "3");
            case 8 -> any(List.of("\r\n", "\n", " PING\r\n", "MSG a 1 0\r\n\r\n", "CONNECT\r\n", "A+ a\r\n"));
            case 9 -> "PUB a 3\r\nab\r\n";
            default -> mutated(operation());
        };
    }

    private String mutated(String sent) {
        int at = random.nextInt(sent.length());
        if (sent.startsWith("\r\n", at - 1) || sent.startsWith("INFO")) {
            // where nats-server finds a carriage return alone, its answer depends on how the network joins the bytes;
            // and it
            // looks into a client's INFO, which means nothing
            return sent;
        }
        char letter = (char) (chance(2) ? 'A' + random.nextInt(190) : any(List.of(' ', '\t', '.', '*', '>', '0')));
        return switch (random.nextInt(3)) {
            case 0 -> sent.substring(0, at) + sent.substring(at + 1);
            case 1 -> sent.substring(0, at) + letter + sent.substring(at);
            default -> sent.substring(0, at) + letter + sent.substring(at + 1);
        };
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
