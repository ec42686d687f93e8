package io.knit.launcher.program;

import io.knit.launcher.output.StandardOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where the launcher speaks.
 *
 * @param out for what was asked for: the ready line, help, the version
 * @param err for what went wrong
 * @param process to what {@code out} prints, where these are the streams that the process was started with, behind which a screen may be; null: they are not
 */
public record Console(
        PrintWriter out, PrintWriter err, @Nullable StandardOutput process) {
    /** Not the process's own streams: what is printed goes to no screen. */
    public Console(PrintWriter out, PrintWriter err) {
        this(out, err, null);
    }

    /** The process's own streams. */
    public static Console of(StandardOutput out) {
        return new Console(
                new PrintWriter(out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                out);
    }

    /** Whether these are the streams that the process was started with. */
    public boolean ofProcess() {
        return process != null;
    }

    /** For bytes that were asked for, as they are. Nothing stays behind in it, and it throws where {@link #out} keeps silent. */
    public OutputStream body() {
        out.flush();
        return process != null ? process : new Text(out);
    }

    /** Why what was asked for is not written whole; empty: it is. */
    public String unwritten() {
        if (!out.checkError()) {
            return process == null ? "" : process.failure();
        }
        return process == null || process.failure().isEmpty() ? "it takes no more" : process.failure();
    }

    /** Whether it is not, for who read it has left. */
    public boolean isLeft() {
        return process != null && process.isLeft();
    }

    void say(String line) {
        out.println(line);
        out.flush();
    }

    public void complain(String line) {
        err.println("knit: " + line);
        err.flush();
    }

    /** Bytes that are text. */
    private static final class Text extends OutputStream {
        private final PrintWriter out;

        Text(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.print(new String(bytes, from, length, StandardCharsets.UTF_8));
            if (out.checkError()) {
                throw new IOException("the standard output could not be written");
            }
        }
    }
}
