package io.knit.testkit.sim;

import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.sim.host.SimulatedServer;
import io.knit.testkit.sim.host.Trace;
import io.knit.testkit.store.CommitFault;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What is hard on a server though nothing is broken: a loop with more work than time, a process that stands still, one that is asked to
 * stop under its commands, and a store that often does not say whether it wrote. With randomness of its own, so that seeds from before
 * it play on as they did.
 */
final class Strains {
    private static final long OWN = 0x73747261L;
    private static final int SMALL_TASK_MILLIS = 3;
    private static final int[] TASK_MILLIS = {5, 20, 60};
    private static final int LONG_TASK_MILLIS = 2_500;
    private static final int LONG_TASKS = 200;
    private static final int COMMANDS_AT_STOP = 3;
    private static final Duration SOON = Duration.ofMillis(60);
    private static final double MOST_DOUBTS = 0.5;

    private final EventQueue queue;
    private final RandomGenerator random;
    private final SimulatedServer server;
    private final Trace trace;
    private final boolean large;
    private final Runnable command;
    private boolean over;
    private double doubts;

    /** @param command has a user command something */
    Strains(SimulatedFleet fleet, Runnable command) {
        this.command = command;
        queue = fleet.queue();
        random = new SplittableRandom(fleet.seed() ^ OWN);
        server = fleet.server();
        trace = fleet.trace();
        large = fleet.isLarge();
    }

    /** Plans them over this time; half of the seeds have none of one kind. */
    void plan(Duration length) {
        some(4, length, this::slow);
        some(3, length, this::standStill);
        some(3, length, this::stop);
        doubts = random.nextInt(3) == 0 ? random.nextDouble() * MOST_DOUBTS : 0;
    }

    private void some(int most, Duration length, Runnable strain) {
        int count = random.nextBoolean() ? 0 : random.nextInt(most);
        for (int i = 0; i < count; i++) {
            queue.after(within(length), () -> {
                if (!over) {
                    strain.run();
                }
            });
        }
    }

    /** Ends them all. */
    void end() {
        over = true;
        doubts = 0;
        server.slow(() -> Duration.ZERO);
        server.resume();
    }

    /** What becomes of the next commit, if this has a say in it. */
    Optional<CommitFault> commitFault() {
        if (random.nextDouble() >= doubts) {
            return Optional.empty();
        }
        return Optional.of(random.nextBoolean() ? CommitFault.FAIL_AFTER : CommitFault.FAIL_IN_DOUBT);
    }

    private void slow() {
        int millis = large ? SMALL_TASK_MILLIS : TASK_MILLIS[random.nextInt(TASK_MILLIS.length)];
        trace.add("chaos", "the server's tasks take up to " + millis + " ms");
        server.slow(() -> within(Duration.ofMillis(random.nextInt(LONG_TASKS) == 0 ? LONG_TASK_MILLIS : millis)));
        queue.after(within(Duration.ofSeconds(40)), () -> {
            trace.add("chaos", "the server's tasks take no time");
            server.slow(() -> Duration.ZERO);
        });
    }

    /** So soon after commands that most of these are being decided or stored. */
    private void stop() {
        for (int i = 0; i < COMMANDS_AT_STOP; i++) {
            command.run();
        }
        queue.after(within(SOON), () -> server.stop(within(Duration.ofSeconds(2))));
    }

    private void standStill() {
        server.pause();
        queue.after(within(Duration.ofSeconds(random.nextBoolean() ? 2 : 40)), server::resume);
    }

    private Duration within(Duration length) {
        return Duration.ofNanos(random.nextLong(length.toNanos()));
    }
}
