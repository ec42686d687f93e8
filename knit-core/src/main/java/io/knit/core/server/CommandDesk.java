package io.knit.core.server;

import io.knit.api.ServerTiming;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.command.Rendering;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Scenario;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.command.Commands;
import io.knit.core.server.command.Policy;
import io.knit.core.server.command.Right;
import io.knit.core.server.command.Sight;
import io.knit.core.server.foresight.Foresight;
import io.knit.core.server.history.Cause;
import io.knit.core.server.rehearsal.Rehearsal;
import io.knit.core.server.rendering.Renderings;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.template.TemplateEngine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands: asks the policy, has specs admitted, those that take their time on workers and all at once, and hands the commands to the writer, those of one caller about
 * one thing in the order in which they came. Thread-safe.
 */
final class CommandDesk {
    /** A caller that doesn't wait for answers must not fill the memory. */
    static final int MOST_UNDER_WAY = 5_000;
    /** How often rules are asked about one command, while others change what it makes something of. */
    private static final int MOST_ASKED = 5;

    private final Loop loop;
    private final ServerTiming timing;
    private final List<String> granted;
    private final AdmissionQueue admissions;
    private final SecretKeys keys;
    private final Supplier<@Nullable StateWriter> writer;
    private final TemplateEngine templates = new TemplateEngine();
    private final AtomicInteger underWay = new AtomicInteger();
    private final Foretelling foretelling;
    /** On the loop. */
    private final Map<Line, Deque<Waiting<?>>> lines = new HashMap<>();

    /**
     * @param granted what anyone who deploys may ask of hosts
     * @param writer null while the server does not run
     */
    CommandDesk(
            Loop loop,
            ServerTiming timing,
            List<String> granted,
            AdmissionQueue admissions,
            SecretKeys keys,
            Supplier<@Nullable StateWriter> writer) {
        this.loop = loop;
        this.timing = timing;
        this.granted = List.copyOf(granted);
        this.admissions = admissions;
        this.keys = keys;
        this.writer = writer;
        this.foretelling = new Foretelling(loop, this::newest);
    }

    private record Line(Caller caller, String subject) {}

    private record Waiting<A>(Future<Command<A>> admitted, Promise<A> answer) {}

    /** Succeeds once what was decided is stored. */
    <A> Future<A> run(Command<A> command, Caller caller) {
        try {
            Policy.check(command, caller, granted);
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        if (underWay.incrementAndGet() > MOST_UNDER_WAY) {
            underWay.decrementAndGet();
            return Future.failedFuture(
                    new KnitException(
                            ErrorCode.BUSY,
                            MOST_UNDER_WAY
                                    + " commands wait to be stored, which is all the server has room for; send this one again in a moment"));
        }
        Promise<A> answer = Promise.promise();
        Waiting<A> waiting = new Waiting<>(prepared(command), answer);
        loop.execute(() -> queue(new Line(caller, command.subject()), waiting));
        return answer.future().onComplete(done -> underWay.decrementAndGet());
    }

    /** What the command would do; not in its caller's line, since nothing follows from it. */
    Future<Plan> plan(Command<?> command, Caller caller) {
        try {
            Policy.check(command, caller, granted);
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        return foretelling.dryRun(() -> admitted(command).compose(this::judged), (state, admitted, now) -> {
            Policy.check(admitted, caller, state, granted);
            return Sight.of(Rehearsal.of(state, admitted, caller, now), caller);
        });
    }

    /** What its templates would become; as {@link #plan}. */
    Future<Rendering> render(Command.Deploy deploy, @Nullable String node, Caller caller) {
        try {
            Policy.check(deploy, caller, granted);
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        return foretelling.dryRun(
                () -> admissions.admit(deploy.spec(), this::file).map(Command.Deploy::new), (state, asked, now) -> {
                    Policy.check(asked, caller, state, granted);
                    return Renderings.of(templates, state, asked, node, caller, now);
                });
    }

    /** What would come of it all; as {@link #plan}, and whoever sees the state may ask. */
    Future<Foretold> simulate(Scenario scenario, Caller caller) {
        try {
            Policy.check(Right.SEE_ALL, caller, "foretell what would become of the cluster");
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        return foretelling.simulation(
                () -> admitted(scenario), (state, admitted, now) -> Foresight.of(state, admitted, caller, timing, now));
    }

    private @Nullable ClusterState newest() {
        StateWriter present = writer.get();
        return present == null ? null : present.newest();
    }

    /** With each spec as it would be admitted; the first that would not be says where it stands. */
    private Future<Scenario> admitted(Scenario scenario) {
        Future<List<Scenario.Step>> all = Future.succeededFuture(new ArrayList<>());
        List<Scenario.Step> steps = scenario.steps();
        for (int i = 0; i < steps.size(); i++) {
            Scenario.Step step = steps.get(i);
            String at = "/steps/" + i + "/deploy";
            all = all.compose(before -> admitted(step, at).map(next -> {
                before.add(next);
                return before;
            }));
        }
        return all.map(admitted -> new Scenario(admitted, scenario.length(), scenario.pace()));
    }

    private Future<Scenario.Step> admitted(Scenario.Step step, String at) {
        return step instanceof Scenario.Run run && run.command() instanceof Command.Deploy deploy
                ? admitted(deploy)
                        .<Scenario.Step>map(Scenario.Run::new)
                        .recover(e -> Future.failedFuture(Refusals.within(at, e)))
                : Future.succeededFuture(step);
    }

    /** With what it takes before it can be decided. */
    private <A> Future<Command<A>> prepared(Command<A> command) {
        StateWriter present = writer.get();
        return present == null
                ? admitted(command)
                : keys.readyFor(command, present::committed).compose(ready -> admitted(command));
    }

    @SuppressWarnings("unchecked") // a command to deploy is answered as one
    private <A> Future<Command<A>> admitted(Command<A> command) {
        return command instanceof Command.Deploy deploy
                ? admissions.admit(deploy.spec(), this::file).map(spec ->
                        (Command<A>) new Command.Deploy(spec, deploy.ifRevision()))
                : Future.succeededFuture(command);
    }

    /** As it is stored now; another that is set meanwhile is tried when it is rendered. */
    private Value.@Nullable Content file(String name) {
        StateWriter present = writer.get();
        KnownValue known = present == null ? null : present.committed().values().get(Value.Kind.FILE, name);
        return known == null ? null : Value.Content.of(known.bytes());
    }

    private void queue(Line line, Waiting<?> waiting) {
        Deque<Waiting<?>> before = lines.get(line);
        if (before != null) {
            before.addLast(waiting);
            return;
        }
        Deque<Waiting<?>> begun = new ArrayDeque<>();
        begun.addLast(waiting);
        lines.put(line, begun);
        take(line, begun);
    }

    private void take(Line line, Deque<Waiting<?>> waiting) {
        while (!waiting.isEmpty()) {
            Future<?> before = waiting.getFirst().admitted();
            if (before.isComplete()) {
                before = submit(waiting.removeFirst(), line.caller());
            }
            if (!before.isComplete()) {
                loop.bring(before).onComplete(done -> take(line, waiting));
                return;
            }
        }
        lines.remove(line);
    }

    /**
     * The writer keeps the order of what it is given.
     *
     * @return complete once the next of its line may be given to it
     */
    private <A> Future<?> submit(Waiting<A> next, Caller caller) {
        StateWriter present = writer.get();
        if (next.admitted().failed() || present == null) {
            next.answer().fail(next.admitted().failed() ? next.admitted().cause() : notRunning());
            return Future.succeededFuture();
        }
        Command<A> command = next.admitted().result();
        boolean judged = admissions.hasRules() && command instanceof Command.Present;
        boolean sought = command instanceof Command.Rebalance;
        Future<A> answer = judged
                ? decidedAndJudged(present, command, caller, null, 0)
                : sought ? soughtAndDecided(present, command, caller) : decided(present, command, caller, tip -> {});
        // before anybody hears the answer, who may fail at it
        Future<?> through = judged || sought ? answer.otherwiseEmpty() : Future.succeededFuture();
        answer.onComplete(next.answer());
        return through;
    }

    /** All nodes are looked at for thousands of instances: on a thread for it, and what was found is decided in its turn. */
    @SuppressWarnings("unchecked") // it is answered as what it is
    private <A> Future<A> soughtAndDecided(StateWriter present, Command<A> command, Caller caller) {
        Command.Rebalance rebalance = (Command.Rebalance) command;
        return (Future<A>) foretelling
                .ahead("rebalancings", rebalance, Commands::betterPlaces)
                .compose(found -> present.submit(Cause.of(rebalance, caller), tip -> {
                    Policy.check(rebalance, caller, tip, granted);
                    return Commands.moving(tip, found);
                }));
    }

    private <A> Future<A> decided(
            StateWriter present, Command<A> command, Caller caller, Consumer<ClusterState> condition) {
        return present.submit(Cause.of(command, caller), tip -> {
                    Policy.check(command, caller, tip, granted);
                    condition.accept(tip);
                    return Commands.decide(command, caller, tip, loop.now(), keys.sealing());
                })
                .map(answer -> answer.from(present.committed()))
                .onSuccess(done -> keys.after(done, present::committed));
    }

    /** What a command makes of a spec is known in its turn alone, and rules are not asked then: it is given once more, for just what they were asked. */
    private <A> Future<A> decidedAndJudged(
            StateWriter present, Command<A> command, Caller caller, @Nullable DeploymentSpec judged, int asked) {
        return decided(
                        present,
                        command,
                        caller,
                        tip -> Commands.made(command, tip)
                                .filter(made -> !made.equals(judged))
                                .ifPresent(made -> {
                                    throw new NotJudged(made);
                                }))
                .recover(e -> {
                    if (!(e instanceof NotJudged unjudged)) {
                        return Future.failedFuture(e);
                    }
                    if (asked == MOST_ASKED) {
                        return Future.failedFuture(
                                new KnitException(
                                        ErrorCode.REVISION_CHANGED,
                                        command.subject()
                                                + " changed each time that the rules of this server had been asked; send this one again"));
                    }
                    return loop.bring(admissions.judge(unjudged.made))
                            .compose(made -> decidedAndJudged(present, command, caller, made, asked + 1));
                });
    }

    /** Those that no rule has seen. */
    private static final class NotJudged extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient DeploymentSpec made;

        private NotJudged(DeploymentSpec made) {
            super("for the rules", null, false, false);
            this.made = made;
        }
    }

    /** A command that changes nothing, with what it would make of what is deployed. */
    private <A> Future<Command<A>> judged(Command<A> command) {
        StateWriter present = writer.get();
        return present == null || !admissions.hasRules()
                ? Future.succeededFuture(command)
                : Commands.made(command, present.committed())
                        .map(made -> admissions.judge(made).map(command))
                        .orElseGet(() -> Future.succeededFuture(command));
    }

    static KnitException notRunning() {
        return new KnitException(ErrorCode.CLOSED, "the server is not started, or closed");
    }
}
