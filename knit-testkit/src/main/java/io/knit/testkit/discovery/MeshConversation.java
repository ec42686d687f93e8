package io.knit.testkit.discovery;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** One connection to a {@link FakeWgMeshDaemon}: lines in, lines out, wrong as its fault says. */
final class MeshConversation {
    private static final int PIECE = 7;

    private final SocketChannel connection;
    private final OutputStream out;

    private MeshConversation(SocketChannel connection) {
        this.connection = connection;
        this.out = Channels.newOutputStream(connection);
    }

    /** Answers until the client hangs up. */
    static void hold(
            SocketChannel connection,
            Consumer<String> calls,
            UnaryOperator<JsonObject> answers,
            Supplier<MeshFault> fault)
            throws IOException {
        MeshConversation conversation = new MeshConversation(connection);
        BufferedReader reader = new BufferedReader(Channels.newReader(connection, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            calls.accept(line);
            JsonObject answer = answers.apply(new JsonObject(line));
            conversation.send(answer, fault.get());
        }
    }

    private void send(JsonObject answer, MeshFault fault) throws IOException {
        byte[] line = (answer.encode() + "\n").getBytes(StandardCharsets.UTF_8);
        switch (fault) {
            case NONE -> out.write(line);
            case SILENT -> out.flush();
            case HALF_LINE -> out.write(line, 0, line.length / 2);
            case HALF_LINE_THEN_CLOSE -> {
                out.write(line, 0, line.length / 2);
                connection.close();
            }
            case CLOSE -> connection.close();
            case GARBAGE -> write("HTTP/1.1 400 Bad Request\n");
            case NOT_AN_ANSWER -> write("[1, 2, 3]\n");
            case ERROR -> {
                answer.remove("result");
                answer.put("error", new JsonObject().put("code", -32603).put("message", "the mesh is not up"));
                write(answer.encode() + "\n");
            }
            case WRONG_ID -> write(answer.put("id", 4711).encode() + "\n");
            case ENDLESS_LINE -> endless();
            case IN_PIECES -> pieces(line);
        }
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends when the client hangs up. */
    private void endless() throws IOException {
        byte[] spaces = new byte[64 * 1024];
        Arrays.fill(spaces, (byte) ' ');
        for (byte[] next : (Iterable<byte[]>) Stream.generate(() -> spaces)::iterator) {
            out.write(next);
        }
    }

    private void pieces(byte[] line) throws IOException {
        for (int from = 0; from < line.length; from += PIECE) {
            ByteBuffer piece = ByteBuffer.wrap(line, from, Math.min(PIECE, line.length - from));
            while (piece.hasRemaining()) {
                connection.write(piece);
            }
        }
    }
}
