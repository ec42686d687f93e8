package io.knit.core.server.stack;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.command.Sight;
import io.knit.core.server.compose.ComposeService;
import io.knit.core.server.http.json.ComposeReader;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is done for one stack: all of it is rehearsed, then each is done, in the order in which they depend on each other. On one context. */
public final class StackCommands {
    private final Orchestrator orchestrator;
    private final Caller caller;
    private final String stack;
    private final List<DeploymentSpec> specs;
    private final Place place;
    private final boolean prune;
    private final @Nullable Map<String, Integer> seen;
    private final List<DeploymentView> made = new ArrayList<>();

    /** Says of a refusal of a spec where that stands. */
    @FunctionalInterface
    public interface Place {
        /** Adds it to others; false: it is refused for something that stands in no spec. */
        boolean add(DeploymentSpec spec, KnitException refusal, Refusals refusals);

        /** By the lines of a Compose file. */
        static Place ofFile(ComposeReader.Read read) {
            Map<DeploymentSpec, ComposeService> services = new LinkedHashMap<>();
            for (int i = 0; i < read.specs().size(); i++) {
                services.put(read.specs().get(i), read.stack().services().get(i));
            }
            return (spec, refusal, refusals) ->
                    ComposeReader.place(Objects.requireNonNull(services.get(spec)), refusal, refusals);
        }

        /** By where it is in a list. */
        static Place inList(List<DeploymentSpec> specs) {
            return (spec, refusal, refusals) -> {
                List<KnitException> parts = Refusals.of(refusal);
                if (parts.stream().allMatch(part -> part.pointer() == null)) {
                    return false;
                }
                parts.forEach(part -> refusals.add(
                        "/" + specs.indexOf(spec) + Objects.requireNonNullElse(part.pointer(), ""),
                        part.code(),
                        spec.name() + ": " + part.getMessage()));
                return true;
            };
        }
    }

    /**
     * What a Compose file comes to.
     *
     * @param prune whether what is of the stack and not in the file goes
     * @param seen the revisions that were shown to who asks, 0 of what was not there: what is another now is not touched. Null: it is done to whatever is there
     */
    public StackCommands(
            Orchestrator orchestrator,
            Caller caller,
            ComposeReader.Read read,
            boolean prune,
            @Nullable Map<String, Integer> seen) {
        this(orchestrator, caller, read.stack().project(), read.specs(), Place.ofFile(read), prune, seen);
    }

    /** The same of any specs of one stack. */
    public StackCommands(
            Orchestrator orchestrator,
            Caller caller,
            String stack,
            List<DeploymentSpec> specs,
            Place place,
            boolean prune,
            @Nullable Map<String, Integer> seen) {
        this.orchestrator = orchestrator;
        this.caller = caller;
        this.stack = stack;
        this.specs = specs;
        this.place = place;
        this.prune = prune;
        this.seen = seen;
    }

    /** The revision of each that it is about, as it is now; 0 of what is not there. */
    public Map<String, Integer> present() {
        Map<String, Integer> revisions = new LinkedHashMap<>();
        specs.forEach(spec -> revisions.put(
                spec.name(),
                orchestrator
                        .deployment(spec.name())
                        .map(view -> view.deployment().revision())
                        .orElse(0)));
        left().forEach(view -> revisions.put(view.name(), view.deployment().revision()));
        return revisions;
    }

    /**
     * What would come of it. All that is refused of any of them is said at once.
     *
     * @return of each service, and then of each that goes
     */
    public Future<List<Plan>> plan() {
        return rehearsed()
                .compose(plans -> each(left(), view -> orchestrator.plan(undeploy(view), caller))
                        .map(gone -> {
                            List<Plan> all = new ArrayList<>(plans);
                            all.addAll(gone);
                            return all;
                        }));
    }

    /** Of each service, in their order. */
    public Future<List<Plan>> rehearsed() {
        Refusals refusals = new Refusals();
        List<Plan> plans = new ArrayList<>();
        try {
            requireOwn();
        } catch (KnitException e) {
            return Future.failedFuture(e);
        }
        return each(
                        specs,
                        spec -> orchestrator
                                .plan(deploy(spec), caller)
                                .onSuccess(plans::add)
                                .<Void>mapEmpty()
                                .recover(failure ->
                                        failure instanceof KnitException refusal && place.add(spec, refusal, refusals)
                                                ? Future.succeededFuture()
                                                : Future.failedFuture(failure)))
                .map(done -> {
                    refusals.throwIfAny();
                    return plans;
                });
    }

    /** Deploys each service; what goes is left for {@link #prune}. */
    public Future<List<DeploymentView>> deploy() {
        return each(
                        specs,
                        spec -> orchestrator
                                .run(deploy(spec), caller)
                                .onSuccess(made::add)
                                .recover(failure -> Future.failedFuture(halfDone(spec, failure))))
                .map(done -> List.copyOf(made));
    }

    /** Undeploys what is of the stack and not in the file, if that was asked. */
    public Future<List<DeploymentView>> prune() {
        return each(left(), view -> orchestrator.run(undeploy(view), caller));
    }

    /** What is another stack's would be lost to it. */
    private void requireOwn() {
        for (DeploymentSpec spec : specs) {
            orchestrator.deployment(spec.name()).ifPresent(view -> {
                String other = view.deployment().spec().stack();
                if (caller.isFor(spec.name()) && !other.isEmpty() && !other.equals(stack)) {
                    throw new KnitException(
                            ErrorCode.IN_USE,
                            spec.name() + " is of the stack " + other + "; deploy it with that, or undeploy it first");
                }
            });
        }
    }

    /** One after the other; the first that fails ends it. */
    static <T, A> Future<List<A>> each(List<T> all, Function<T, Future<A>> step) {
        List<A> answers = new ArrayList<>();
        Future<Void> done = Future.succeededFuture();
        for (T one : all) {
            done = done.compose(
                    before -> step.apply(one).onSuccess(answers::add).mapEmpty());
        }
        return done.map(answers);
    }

    private Command.Deploy deploy(DeploymentSpec spec) {
        return new Command.Deploy(spec, seen == null ? null : seen.getOrDefault(spec.name(), 0));
    }

    /** It is what came between the rehearsal and now. */
    private Throwable halfDone(DeploymentSpec spec, Throwable failure) {
        if (!(failure instanceof KnitException refusal) || made.isEmpty()) {
            return failure;
        }
        String done = made.stream().map(DeploymentView::name).collect(Collectors.joining(", "));
        return new KnitException(
                refusal.code(),
                spec.name() + ": " + refusal.getMessage() + ". Before it were deployed: " + done,
                refusal);
    }

    /** What is of the stack, seen by who asks, and not in the file. */
    private List<DeploymentView> left() {
        if (!prune) {
            return List.of();
        }
        Set<String> names = specs.stream().map(DeploymentSpec::name).collect(Collectors.toSet());
        return Sight.of(orchestrator.snapshot(), caller).deployments().stream()
                .filter(view -> view.deployment().spec().stack().equals(stack))
                .filter(view -> view.status() != DeploymentStatus.DELETING && !names.contains(view.name()))
                .filter(view -> seen == null || seen.containsKey(view.name()))
                .toList();
    }

    /** Only what was seen to be of the stack. */
    private Command.Undeploy undeploy(DeploymentView view) {
        int present = view.deployment().revision();
        return new Command.Undeploy(view.name(), seen == null ? present : seen.getOrDefault(view.name(), present));
    }
}
