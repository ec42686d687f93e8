package io.knit.launcher.remote.run;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.ErrorKind;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.client.RemoteShell;
import io.knit.launcher.output.Unwritten;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.inside.Talk;
import io.knit.launcher.remote.screen.Terminal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Joins the process of a job's attempt before it begins, with what is typed here, and shows all that it writes. */
final class JobJoin {
    /** An end comes with all that was written, or a moment after the server is told of it. */
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private static final Patience PATIENCE = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30));

    private final KnitClient knit;
    private final Console console;
    private final Map<String, String> environment;
    private final boolean terminal;
    private final Terminal screen;
    private final Patience patience;
    /** Of the attempt that was made last; of those before nothing was begun, and nothing given to them. */
    private @Nullable Joined joined;

    private boolean ran;
    private @Nullable String gone;
    /** Whether the attempt was given something of what is read here, which can't be given again. */
    private boolean fed;
    /** Why it is not known whether it was given all; null: it is, or nothing was given yet. */
    private @Nullable String unsure;
    /** Why not all that it wrote before it was joined the last time is here; null: it is. */
    private @Nullable String unseen;
    /** Whether the attempt was joined ever, or may have been. */
    private boolean opened;

    private @Nullable Long failsSinceNanos;
    private boolean told;

    /**
     * How long a job is joined in vain.
     *
     * @param quietly that is said after so long
     * @param most one that runs is given up after so long
     */
    record Patience(Duration quietly, Duration most) {}

    /**
     * @param terminal whether the attempt's spec has one; it has input
     * @param screen what is typed at
     */
    JobJoin(KnitClient knit, Console console, Map<String, String> environment, boolean terminal, Terminal screen) {
        this(knit, console, environment, terminal, screen, PATIENCE);
    }

    JobJoin(
            KnitClient knit,
            Console console,
            Map<String, String> environment,
            boolean terminal,
            Terminal screen,
            Patience patience) {
        this.knit = knit;
        this.console = console;
        this.environment = environment;
        this.terminal = terminal;
        this.screen = screen;
        this.patience = patience;
    }

    /** How far the job has come. */
    void sees(JobCourse course) {
        Joined now = joined;
        String attempt = course.newest();
        boolean vain = now == null;
        if (now != null) {
            ran |= course.begun().contains(now.attempt);
            opened |= now.hasOpened();
            unsure = fed && now.isWhole() ? null : unsure;
            bears(now);
            vain = now.isVain(course);
            gone = gone == null && vain ? now.gone(course) : gone;
            vain = vain && gone == null && now.leavesIt(course);
        }
        if (vain && attempt != null) {
            now = next(now, attempt, course);
            joined = now;
            now.thread.start();
        }
        if (now != null && course.begun().contains(now.attempt)) {
            ran = true;
            now.talk.runs();
        }
    }

    private Joined next(@Nullable Joined before, String attempt, JobCourse course) {
        if (before != null) {
            before.leave();
        }
        if (before == null || !before.attempt.equals(attempt)) {
            unseen = null;
            opened = false;
        } else if (fed) {
            say(before.failed + ", what " + attempt + " writes from now on is shown");
        }
        ran = course.begun().contains(attempt);
        if (ran && unseen == null && !course.isOver()) {
            String why = before == null || !before.attempt.equals(attempt) ? null : before.failed;
            unseen = why == null ? "it began before it was joined" : why;
        }
        return new Joined(attempt, !fed);
    }

    /** What can't be joined may be so for a while, and waits then, and nobody knows why. */
    private void bears(Joined now) {
        String why = now.failed;
        if (why == null || now.hasOpened()) {
            failsSinceNanos = null;
            return;
        }
        if (failsSinceNanos == null) {
            failsSinceNanos = System.nanoTime();
        }
        if (!told && isBorneFor(patience.quietly())) {
            told = true;
            say(now.attempt + " can't be joined yet, and is tried again: " + why);
        }
    }

    private void say(String words) {
        Remote.complain(words.replace("; ", ", "), "", console);
    }

    private boolean isBorneFor(Duration time) {
        Long since = failsSinceNanos;
        return since != null && System.nanoTime() - since >= time.toNanos();
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
        return now == null || unseen != null ? unseen : now.missed;
    }

    /** Why it was not given all that it was to read, in a sentence; null: it was, or ended by itself before. */
    @Nullable
    String ungiven() {
        Joined now = joined;
        if (now == null) {
            return null;
        }
        unsure = fed && now.isWhole() ? null : unsure;
        String why = gone != null ? gone : unsure != null ? unsure : now.ungiven();
        if (why == null) {
            return null;
        }
        return (unsure != null || now.talk.isWhole()
                        ? "whether it read all that it was to is not known, and not all that it wrote could be read: "
                        : "not all that it was to read could be given, and not all that it wrote be read: ")
                + why;
    }

    /** One attempt. */
    private final class Joined {
        private final String attempt;
        private final boolean input;
        private final Talk talk;
        private final Thread thread = new Thread(this::join, "process");
        private @Nullable RemoteShell shell;
        private boolean left;
        private volatile boolean barred;
        private volatile @Nullable String missed;
        /** Why its connection did not last until the process's end. */
        private volatile @Nullable String failed;

        private volatile boolean unwritten;

        /** @param input whether it is given what is read here; else it was already, and what it writes is shown on */
        Joined(String attempt, boolean input) {
            this.attempt = attempt;
            this.input = input;
            talk = new Talk(console, environment, terminal, input);
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

        /** Whether another is to be joined, or this one again, or none can be any more. */
        boolean isVain(JobCourse course) {
            return failed != null && !course.isOver() || isOther(course) || course.waits() != null && talk.hasRead();
        }

        private boolean isOther(JobCourse course) {
            return course.newest() != null && !attempt.equals(course.newest());
        }

        /** Whether the next may read what is read here, or need not. */
        boolean leavesIt(JobCourse course) {
            if (talk.leavesInput()) {
                return true;
            }
            if (failed == null || course.isOver()) {
                return false;
            }
            // until its agent says again that it has all: one that was started anew dropped what was not read yet
            fed = true;
            unsure = failed;
            return true;
        }

        /** Of one that is vain: why there is nothing to wait for; null: there is. */
        @Nullable
        String gone(JobCourse course) {
            if (course.isOver()) {
                return null;
            }
            boolean other = isOther(course) || course.waits() != null && talk.hasRead();
            if (other) {
                boolean gave = fed || !talk.leavesInput();
                return gave ? "what " + attempt + " was given can't be given to another as well" : null;
            }
            if (barred) {
                return failed;
            }
            if (fed) {
                return null;
            }
            if (!talk.leavesInput()) {
                // one that does not say what it was given may have been given all
                return isWhole() || talk.isWhole() && !isJoined() ? null : failed;
            }
            // its input was closed with the connection, or may have been
            boolean closed = isJoined() || opened && course.started().contains(attempt);
            return closed || ran && isBorneFor(patience.most()) ? failed : null;
        }

        /** Of one that is over, or was joined last: why it may not have been given all. What was never joined had no end of what it reads. */
        @Nullable
        String ungiven() {
            return !ran || fed || !opened && !hasOpened() || isWhole() ? null : failed;
        }

        private synchronized boolean isJoined() {
            return shell != null && shell.isInputJoined();
        }

        /** Whether all that is read here has reached it. */
        synchronized boolean isWhole() {
            return shell != null && shell.isInputTaken();
        }

        private synchronized boolean hasOpened() {
            return shell != null;
        }

        private synchronized void fails(KnitClientException why) {
            missed = why.getMessage();
            String code = why.problems().get(0).code();
            barred = isForGood(code);
            failed = left ? null : why.getMessage();
        }

        /** What is wrong with what is asked for does not mend by itself, nor does an input that another was given. */
        private boolean isForGood(String code) {
            return input && code.equals(ErrorCode.IN_USE.wireName())
                    || Arrays.stream(ErrorCode.values())
                            .filter(known -> known.wireName().equals(code))
                            .anyMatch(known -> known.kind() == ErrorKind.USER
                                    && !known.retryable()
                                    && known != ErrorCode.NOT_FOUND);
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
