package io.knit.launcher.remote.run;

import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.client.RemoteShell;
import io.knit.launcher.output.Unwritten;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.inside.Talk;
import io.knit.launcher.remote.screen.Terminal;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Joins the process of a job's attempt before it begins, with what is typed here, and shows all that it writes. */
final class JobJoin {
    /** An end comes with all that was written, or a moment after the server is told of it. */
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private final KnitClient knit;
    private final Console console;
    private final Map<String, String> environment;
    private final boolean terminal;
    private final Terminal screen;
    /** Of the attempt that was made last; of those before nothing was begun, and nothing given to them. */
    private @Nullable Joined joined;

    private boolean ran;

    /**
     * @param terminal whether the attempt's spec has one; it has input
     * @param screen what is typed at
     */
    JobJoin(KnitClient knit, Console console, Map<String, String> environment, boolean terminal, Terminal screen) {
        this.knit = knit;
        this.console = console;
        this.environment = environment;
        this.terminal = terminal;
        this.screen = screen;
    }

    /** How far the job has come. */
    void sees(JobCourse course) {
        String attempt = course.newest();
        Joined now = joined;
        if (attempt != null && !ran && (now == null || !now.attempt.equals(attempt))) {
            if (now != null) {
                now.leave();
            }
            now = new Joined(attempt);
            joined = now;
            now.thread.start();
        }
        if (now != null && !course.begun().isEmpty()) {
            ran = true;
            now.talk.runs();
        }
    }

    /** Whether one has begun. */
    boolean hasRun() {
        return ran;
    }

    /**
     * Waits for the last that it writes, as the job is over.
     *
     * @param silence after so long without a word of one that ran it is left
     * @throws Unwritten if not all could be written here
     */
    void finish(Duration silence) throws InterruptedException {
        Joined now = joined;
        if (now == null) {
            return;
        }
        now.await(ran ? silence : MOMENT);
        if (now.thread.isAlive()) {
            now.leave();
            now.thread.join(MOMENT.toMillis());
            now.missed = ran ? "nothing more came of it" : null;
        }
        if (now.unwritten) {
            throw new Unwritten();
        }
    }

    /** Why not all that was written is here; null: it is, as far as is known. */
    @Nullable
    String missed() {
        Joined now = joined;
        return now == null ? null : now.missed;
    }

    /** Why it was not given all that it was to read; null: it was, or ended by itself before. */
    @Nullable
    String ungiven() {
        Joined now = joined;
        return !ran || now == null || now.talk.isWhole() ? null : now.failed;
    }

    /** One attempt. */
    private final class Joined {
        private final String attempt;
        private final Talk talk = new Talk(console, environment, terminal, true);
        private final Thread thread = new Thread(this::join, "process");
        private @Nullable RemoteShell shell;
        private boolean left;
        private volatile @Nullable String missed;
        /** Why its connection did not last until the process's end. */
        private volatile @Nullable String failed;

        private volatile boolean unwritten;

        Joined(String attempt) {
            this.attempt = attempt;
            thread.setDaemon(true);
            talk.isToBegin();
        }

        private void join() {
            try (RemoteShell opened = knit.attach(attempt, talk.terms(screen).asEarlyAsCanBe(), talk)) {
                if (opens(opened)) {
                    talk.until(opened);
                }
            } catch (KnitClientException e) {
                fails(e);
            } catch (Unwritten e) {
                unwritten = true;
            }
        }

        void await(Duration silence) throws InterruptedException {
            long from = System.nanoTime();
            while (thread.isAlive()) {
                long quiet = Math.min(System.nanoTime() - from, talk.quietNanos());
                long left = (silence.toNanos() - quiet) / 1_000_000;
                if (left <= 0) {
                    return;
                }
                thread.join(left);
            }
        }

        private synchronized void fails(KnitClientException why) {
            missed = why.getMessage();
            failed = left ? null : why.getMessage();
        }

        private synchronized boolean opens(RemoteShell opened) {
            shell = opened;
            return !left;
        }

        synchronized void leave() {
            left = true;
            if (shell != null) {
                shell.close();
            }
        }
    }
}
