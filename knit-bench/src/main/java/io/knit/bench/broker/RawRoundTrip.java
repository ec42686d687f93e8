package io.knit.bench.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Request and reply by bytes: one thread asks, another answers. */
final class RawRoundTrip implements RoundTrip {
    private static final String INBOX = "_INBOX.bench.1";

    @Override
    public String name() {
        return "raw";
    }

    @Override
    public long[] nanos(BenchedBroker broker, int payload, int count) throws Exception {
        try (RawSocket asker = new RawSocket(broker.port());
                RawSocket answerer = new RawSocket(broker.port());
                Crew crew = new Crew(broker)) {
            asker.send("SUB _INBOX.bench.* 1\r\n");
            asker.sync();
            String ask = broker.freshSubject();
            answerer.send("SUB " + ask + " 1\r\n");
            answerer.sync();
            String body = "x".repeat(payload) + "\r\n";
            ByteBuffer question = bytes("PUB " + ask + ' ' + INBOX + ' ' + payload + "\r\n" + body);
            ByteBuffer answer = bytes("PUB " + INBOX + ' ' + payload + "\r\n" + body);
            int questionLength = ("MSG " + ask + " 1 " + INBOX + ' ' + payload + "\r\n" + body).length();
            int answerLength = ("MSG " + INBOX + " 1 " + payload + "\r\n" + body).length();
            crew.start(() -> answer(answerer, questionLength, answer, count));
            long[] nanos = new long[count];
            for (int i = 0; i < count; i++) {
                long began = System.nanoTime();
                question.rewind();
                asker.send(question);
                asker.skip(answerLength);
                nanos[i] = System.nanoTime() - began;
            }
            crew.join();
            return nanos;
        }
    }

    private static void answer(RawSocket socket, int questionLength, ByteBuffer answer, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            socket.skip(questionLength);
            answer.rewind();
            socket.send(answer);
        }
    }

    private static ByteBuffer bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
