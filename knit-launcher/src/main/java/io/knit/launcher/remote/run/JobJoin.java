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
    private @Nullable String gone;

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
        Joined now = joined;
        String attempt = course.newest();
        if (now != null) {
            ran |= course.begun().contains(now.attempt);
            gone = gone != null ? gone : now.gone(course);
        }
        if (gone == null && attempt != null && (now == null || now.isVain(course))) {
            if (now != null) {
                now.leave();
            }
            ran = false;
            now = new Joined(attempt);
            joined = now;
            now.thread.start();
        }
        if (now != null && course.begun().contains(now.attempt)) {
            ran = true;
            now.talk.runs();
        }
    }

    /** Whether there is nothing to wait for: what it was given can't be given again, or it can't be joined. */
    boolean isGone() {
        return gone != null;
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
        if (gone != null) {
            now.leave();
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
        if (gone != null) {
            return gone;
        }
        return !ran || now == null || now.talk.isWhole() ? null : now.failed;
    }

    /** One attempt. */
    private final class Joined {
        private final String attempt;
        private final Talk talk = new Talk(console, environment, terminal, true);
        private final Thread thread = new Thread(this::join, "process");
        private @Nullable RemoteShell shell;
        private boolean left;
        private volatile boolean barred;
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

        /** Whether another is to be joined, or this one again; nothing was given to it then. */
        boolean isVain(JobCourse course) {
            boolean again = failed != null && !course.isOver();
            return (again || isOther(course)) && talk.leavesInput();
        }

        private boolean isOther(JobCourse course) {
            return course.newest() != null && !attempt.equals(course.newest());
        }

        /** Why there is nothing to wait for; null: there is. */
        @Nullable
        String gone(JobCourse course) {
            boolean other = isOther(course) || course.waits() != null && talk.hasRead();
            if (course.isOver() || failed == null && !other) {
                return null;
            }
            if (barred) {
                return failed;
            }
            if (!talk.leavesInput()) {
                return other
                        ? "what " + attempt + " was given can't be given to another as well"
                        : talk.isWhole() ? null : failed;
            }
            // its input may have been closed with the connection
            return ran && hasOpened() && !other ? failed : null;
        }

        private synchronized boolean hasOpened() {
            return shell != null;
        }

        private synchronized void fails(KnitClientException why) {
            missed = why.getMessage();
            String code = why.problems().get(0).code();
            barred = code.equals("forbidden") || code.equals("unauthenticated");
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
