package io.knit.core.agent.health;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.HealthSpec;
import io.knit.api.spi.Durations;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.core.agent.engine.Failure;
import io.knit.core.agent.output.SecretMask;
import io.knit.core.agent.reconcile.memory.Check;
import io.vertx.core.AsyncResult;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Has what runs checked when it is due, so many at once, and tells what became of it. A check that does not end in time has failed;
 * of a command which the engine did not answer nothing is known. Only on the loop.
 */
public final class HealthWatch {
    /**
     * Each holds a socket, or a program in a container. With so many at once a node with 200 containers of which every check takes its whole 2 s
     * comes round in 25 s, and what is well answers in a few milliseconds.
     */
    public static final int MOST_AT_ONCE = 16;

    private static final Duration MARGIN = Duration.ofMillis(500);

    private final Loop loop;
    private final Probes probes;
    private final int mostAtOnce;
    private final BiConsumer<String, Check> listener;
    private final Map<String, Patient> patients = new HashMap<>();
    private int underWay;
    /** When the latest of those commands began which the engine answered; null: none was. */
    private @Nullable Duration answered;

    private Loop.@Nullable Timer next;
    private boolean stopped;

    private static final class Patient {
        private Checked who;
        private Vitals vitals;
        private boolean busy;

        Patient(Checked who, Vitals vitals) {
            this.who = who;
            this.vitals = vitals;
        }
    }

    /**
     * @param masking of what a command wrote
     * @param listener told of an instance whose check is another than before; not within a call of this class
     */
    public HealthWatch(
            Loop loop,
            ContainerRuntime runtime,
            Reach connections,
            int mostAtOnce,
            SecretMask.Masking masking,
            BiConsumer<String, Check> listener) {
        this.loop = loop;
        this.probes = new Probes(loop, runtime, connections, masking);
        this.mostAtOnce = mostAtOnce;
        this.listener = listener;
    }

    /** All that is to be checked now; what is not among them is forgotten. */
    public void watch(Collection<Checked> running) {
        Map<String, Patient> before = new HashMap<>(patients);
        patients.clear();
        for (Checked it : running) {
            Patient known = before.get(it.instance());
            if (known == null
                    || !known.who.runningSince().equals(it.runningSince())
                    || !known.who.container().equals(it.container())) {
                known = new Patient(it, Vitals.of(it.instance(), it.check(), it.runningSince(), loop.elapsed()));
            }
            known.who = it;
            patients.put(it.instance(), known);
        }
        arm();
    }

    /** Begins no check any more. */
    public void stop() {
        stopped = true;
        patients.clear();
        arm();
    }

    private void arm() {
        if (next != null) {
            next.cancel();
            next = null;
        }
        if (stopped || underWay >= mostAtOnce) {
            return;
        }
        patients.values().stream()
                .filter(patient -> !patient.busy)
                .map(patient -> patient.vitals.dueAt())
                .min(Comparator.naturalOrder())
                .ifPresent(at -> {
                    Duration wait = at.minus(loop.elapsed());
                    next = loop.after(wait.isNegative() ? Duration.ZERO : wait, this::check);
                });
    }

    private void check() {
        Duration now = loop.elapsed();
        List<Patient> due = patients.values().stream()
                .filter(patient -> !patient.busy && patient.vitals.dueAt().compareTo(now) <= 0)
                .sorted(Comparator.<Patient, Duration>comparing(patient -> patient.vitals.dueAt())
                        .thenComparing(patient -> patient.who.instance()))
                .limit(Math.max(0, mostAtOnce - underWay))
                .toList();
        due.forEach(this::check);
        arm();
    }

    private void check(Patient patient) {
        patient.busy = true;
        Turn turn = new Turn(patient);
        loop.bring(probes.check(patient.who)).onComplete(turn::ended);
    }

    /** A check that is under way. */
    private final class Turn {
        private final Patient patient;
        private final HealthSpec spec;
        private final Duration begun = loop.elapsed();
        private final Loop.Timer timer;
        /** When it should have ended; null: it still may. */
        private @Nullable Duration late;

        private boolean over;

        Turn(Patient patient) {
            this.patient = patient;
            this.spec = patient.who.spec();
            // who does it ends it in time, and can say more of what is missing
            this.timer = loop.after(spec.timeout().plus(MARGIN), this::isLate);
            underWay++;
        }

        /** A command waits for the engine, who may not have begun it: its end tells. Others need not wait for it. */
        private void isLate() {
            late = loop.elapsed();
            underWay--;
            if (isCommand()) {
                arm();
            } else {
                end(unanswered(spec));
            }
        }

        private void ended(AsyncResult<Outcome> result) {
            if (over) {
                return;
            }
            if (late == null) {
                timer.cancel();
                underWay--;
            }
            boolean told = result.succeeded() || !saysNothing(result.cause());
            if (told && isCommand() && (answered == null || answered.compareTo(begun) < 0)) {
                answered = begun;
            }
            end(told || isItsOwn() ? outcome(result) : null);
        }

        /** Of one that the engine left without an answer: it answered others who came when this one was late. */
        private boolean isItsOwn() {
            return late != null && answered != null && answered.compareTo(late) >= 0;
        }

        private boolean isCommand() {
            return !spec.exec().isEmpty();
        }

        private Outcome outcome(AsyncResult<Outcome> result) {
            return result.succeeded() ? result.result() : failed(spec, result.cause());
        }

        private void end(@Nullable Outcome outcome) {
            over = true;
            patient.busy = false;
            HealthWatch.this.ended(patient, outcome);
            arm();
        }
    }

    /** The engine did not answer, or did not come to it: its containers may be as well as ever. */
    private static boolean saysNothing(Throwable why) {
        return Failure.of(why).kind().leavesOpen()
                || why instanceof KnitException known && known.code() == ErrorCode.CLOSED;
    }

    /** @param outcome null: nothing came of it */
    private void ended(Patient patient, @Nullable Outcome outcome) {
        if (stopped || patients.get(patient.who.instance()) != patient) {
            return;
        }
        Check before = patient.vitals.check();
        HealthSpec spec = patient.who.spec();
        patient.vitals = outcome == null
                ? patient.vitals.untold(spec, loop.elapsed())
                : patient.vitals.after(outcome, spec, loop.elapsed());
        if (!patient.vitals.check().equals(before)) {
            listener.accept(patient.who.instance(), patient.vitals.check());
        }
    }

    private static Outcome unanswered(HealthSpec spec) {
        return new Outcome(Probes.words(spec) + " did not answer within " + Durations.text(spec.timeout()));
    }

    private static Outcome failed(HealthSpec spec, Throwable why) {
        String words = why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
        return new Outcome(Probes.words(spec) + ": " + words);
    }
}
