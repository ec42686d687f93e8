package io.knit.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.client.KnitClientException.Kind;
import io.knit.client.KnitClientException.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A command that runs in an instance, or its process that was joined. Thread-safe. */
public final class RemoteShell implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PIECE = 32 * 1024;
    private static final int INPUT = 0;
    private static final int OUTPUT = 1;
    private static final int ERROR = 2;
    private static final int STATUS = 3;
    private static final int RESIZE = 4;
    private static final int GIVEN = 5;
    private static final byte END_OF_INPUT = (byte) 255;
    /** Three of the pings by which a server sees whether anybody is there. */
    private static final Duration SILENCE = Duration.ofSeconds(45);

    private final ShellOutput reader;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private final Duration silence;
    private @Nullable WebSocket socket;
    private volatile long heardAtNanos = System.nanoTime();
    /** Whether the reader has what came, and nothing is listened to until it has taken it. */
    private volatile boolean reading;

    private volatile boolean inputJoined;
    private volatile boolean inputTaken;

    RemoteShell(ShellOutput reader) {
        this(reader, SILENCE);
    }

    /** @param silence after so long without a word, or a ping, the server counts as gone */
    RemoteShell(ShellOutput reader, Duration silence) {
        this.reader = reader;
        this.silence = silence;
    }

    /** What is told the WebSocket's events. */
    WebSocket.Listener listener() {
        return new Listener();
    }

    void opened(WebSocket made) {
        socket = made;
    }

    /**
     * Waits for the end.
     *
     * @return the command's exit code, 0–255
     * @throws KnitClientException if it, or the way to it, failed
     */
    public int await() throws InterruptedException {
        try {
            while (true) {
                try {
                    return ended.get(Math.max(1, untilSilent()), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    if (untilSilent() <= 0) {
                        WebSocket open = socket;
                        broken(StreamedBody.silent(silence));
                        if (open != null) {
                            open.abort();
                        }
                    }
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KnitClientException known
                    ? known
                    : KnitClientException.of(Kind.FAILED, String.valueOf(e.getCause()));
        }
    }

    private long untilSilent() {
        return silence.toNanos() - (reading ? 0 : System.nanoTime() - heardAtNanos);
    }

    /** Gives the command something to read; waits until it was sent. Nothing once it has ended. */
    public void write(byte[] bytes) {
        for (int at = 0; at < bytes.length; at += PIECE) {
            send(INPUT, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PIECE)));
        }
    }

    /** There will be no more to read. */
    public void endInput() {
        send(END_OF_INPUT, new byte[0]);
    }

    /**
     * Its terminal has another size now.
     *
     * @param columns 1–9999
     * @param rows 1–9999
     */
    public void resize(int columns, int rows) {
        String size = "{\"columns\":" + columns + ",\"rows\":" + rows + "}";
        send(RESIZE, size.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Whether a process that was joined is given what is written here: a job's, to which nobody else can give anything any more. Agents of before never say so.
     *
     * @return false also where the process has not begun, and for a command
     */
    public boolean isInputJoined() {
        return inputJoined;
    }

    /** Whether all that was written, to its end, has reached a process that was joined, here or, where this joined it without input, by who did before; false as long as that is not known. */
    public boolean isInputTaken() {
        return inputTaken;
    }

    private void given(String what) {
        inputJoined |= what.equals("joined");
        inputTaken |= what.equals("taken");
    }

    private synchronized void send(int channel, byte[] bytes) {
        WebSocket to = socket;
        if (to == null || ended.isDone()) {
            return;
        }
        ByteBuffer frame = ByteBuffer.allocate(bytes.length + 1);
        frame.put((byte) channel).put(bytes).flip();
        try {
            to.sendBinary(frame, true).join();
        } catch (CompletionException e) {
            broken(e.getCause());
        }
    }

    private void broken(@Nullable Throwable why) {
        String words = why == null || why.getMessage() == null ? "it was closed" : why.getMessage();
        ended.completeExceptionally(
                KnitClientException.of(Kind.UNREACHABLE, "the connection to the server broke off: " + words));
    }

    /** Leaves; a command that still runs is ended, a process that was joined goes on. */
    @Override
    public void close() {
        WebSocket open = socket;
        if (open != null && !ended.isDone()) {
            ended.completeExceptionally(KnitClientException.of(Kind.FAILED, "it was left"));
            open.abort();
        }
    }

    private void take(byte[] whole) {
        byte[] bytes = Arrays.copyOfRange(whole, 1, whole.length);
        switch (whole[0]) {
            case OUTPUT -> reader.output(bytes);
            case ERROR -> reader.error(bytes);
            case STATUS -> status(bytes);
            case GIVEN -> given(new String(bytes, StandardCharsets.US_ASCII));
            default -> {
                // of a later server
            }
        }
    }

    private void status(byte[] bytes) {
        try {
            JsonNode status = JSON.readTree(bytes);
            JsonNode error = status.path("error");
            if (error.isMissingNode()) {
                ended.complete(status.path("exit_code").asInt());
            } else {
                String code = error.path("code").asText();
                Kind kind = code.equals("not_found") ? Kind.NOT_FOUND : Kind.REFUSED;
                ended.completeExceptionally(new KnitClientException(
                        kind, List.of(new Problem(code, error.path("message").asText(), ""))));
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    private final class Listener implements WebSocket.Listener {
        @Override
        public void onOpen(WebSocket opened) {
            opened(opened);
            heardAtNanos = System.nanoTime();
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            message.writeBytes(bytes);
            if (last && message.size() > 0) {
                byte[] whole = message.toByteArray();
                message.reset();
                reading = true;
                try {
                    take(whole);
                } finally {
                    heardAtNanos = System.nanoTime();
                    reading = false;
                }
            }
            heardAtNanos = System.nanoTime();
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer data) {
            heardAtNanos = System.nanoTime();
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            broken(new IOException(reason.isEmpty() ? "it was closed" : reason));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable why) {
            broken(why);
        }
    }
}
