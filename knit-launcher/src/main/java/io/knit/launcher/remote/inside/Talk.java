package io.knit.launcher.remote.inside;

import io.knit.client.KnitClientException;
import io.knit.client.RemoteShell;
import io.knit.client.ShellOutput;
import io.knit.client.ShellTerms;
import io.knit.launcher.output.Unwritten;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.screen.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** This process's input and outputs, joined to a command's, until that ends. */
public final class Talk implements ShellOutput {
    private static final int PIECE = 8 * 1024;
    private static final long LOOK_MILLIS = 500;

    private final Console console;
    private final Map<String, String> environment;
    private final boolean terminal;
    private final boolean input;
    /** Whether it was left for that. */
    private volatile boolean unwritten;

    private volatile CountDownLatch runs = new CountDownLatch(0);
    private @Nullable RawTerminal keys;
    private boolean over;
    private boolean reads;
    private boolean whole;
    private boolean writing;
    private long wroteAtNanos = System.nanoTime();

    /**
     * @param terminal whether the command has one
     * @param input whether it reads what this process reads
     */
    public Talk(Console console, Map<String, String> environment, boolean terminal, boolean input) {
        this.console = console;
        this.environment = environment;
        this.terminal = terminal;
        this.input = input;
    }

    /** How a command is to be begun, or joined, that this talks to, on a screen as large as this. */
    public ShellTerms terms(Terminal screen) {
        boolean sized = terminal && screen.screen();
        return new ShellTerms(terminal, input, sized ? screen.columns() : 0, sized ? screen.rows() : 0);
    }

    /** Of what has not begun: the terminal stays as it is, so that Ctrl-C is for this process, and nothing is read, until {@link #runs}, or until something is written. */
    public void isToBegin() {
        runs = new CountDownLatch(1);
    }

    /** It has begun. */
    public void runs() {
        runs.countDown();
    }

    /** @return the command's exit code */
    public int until(RemoteShell shell) {
        boolean raw = terminal
                && input
                && console.ofProcess()
                && Terminal.of(1, environment).screen();
        try {
            if (runs.getCount() == 0) {
                takeTerminal(raw, shell);
            }
            if (input) {
                // the input of now: by when the thread has its turn the command may have ended, and the input be
                // another's
                InputStream typed = System.in;
                daemon("knit-input", () -> {
                    // what never begins takes nothing of it: another may
                    await(runs);
                    takeTerminal(raw, shell);
                    if (begins()) {
                        pass(typed, shell);
                    }
                });
            }
            return shell.await();
        } catch (KnitClientException e) {
            throw unwritten ? new Unwritten() : e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } finally {
            leaveTerminal();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void takeTerminal(boolean raw, RemoteShell shell) {
        if (!raw || over || keys != null) {
            return;
        }
        keys = RawTerminal.open();
        if (keys != null) {
            daemon("knit-size", () -> follow(shell));
        }
    }

    private synchronized boolean begins() {
        reads = !over;
        return reads;
    }

    /** Whether it has begun to read here. */
    public synchronized boolean hasRead() {
        return reads;
    }

    /**
     * Reads nothing here any more, so that another may, unless it has begun to.
     *
     * @return whether nothing was read
     */
    public synchronized boolean leavesInput() {
        over = over || !reads;
        return !reads;
    }

    private synchronized void leaveTerminal() {
        over = true;
        runs();
        if (keys != null) {
            keys.close();
            keys = null;
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void pass(InputStream typed, RemoteShell shell) {
        byte[] piece = new byte[PIECE];
        try {
            for (int count = typed.read(piece); count >= 0; count = typed.read(piece)) {
                shell.write(Arrays.copyOf(piece, count));
            }
        } catch (IOException e) {
            // as if it had ended
        }
        shell.endInput();
        synchronized (this) {
            whole = !over;
        }
    }

    /** Whether what is read here was passed on to its end before it was over. */
    public synchronized boolean isWhole() {
        return whole;
    }

    /** A terminal tells a JVM of its new size by no means; so it is looked at. */
    private void follow(RemoteShell shell) {
        Terminal known = RawTerminal.size(environment);
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                Terminal now = RawTerminal.size(environment);
                if (now.columns() != known.columns() || now.rows() != known.rows()) {
                    known = now;
                    shell.resize(now.columns(), now.rows());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long, in nanoseconds, nothing has come of it; 0 while what came waits for who reads it here. */
    public synchronized long quietNanos() {
        return writing ? 0 : System.nanoTime() - wroteAtNanos;
    }

    private synchronized void writes(boolean now) {
        writing = now;
        wroteAtNanos = System.nanoTime();
    }

    @Override
    public void output(byte[] bytes) {
        runs();
        writes(true);
        try {
            console.body().write(bytes);
        } catch (IOException e) {
            unwritten = true;
            throw new Unwritten();
        } finally {
            writes(false);
        }
    }

    @Override
    public void error(byte[] bytes) {
        runs();
        writes(true);
        try {
            toError(bytes);
        } finally {
            writes(false);
        }
    }

    private void toError(byte[] bytes) {
        if (!console.ofProcess()) {
            console.err().print(new String(bytes, StandardCharsets.UTF_8));
            console.err().flush();
            return;
        }
        // as they are
        System.err.write(bytes, 0, bytes.length);
        if (System.err.checkError()) {
            throw new UncheckedIOException(new IOException("nobody reads on"));
        }
    }
}
