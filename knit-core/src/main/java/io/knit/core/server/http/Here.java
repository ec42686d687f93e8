package io.knit.core.server.http;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.command.Rendering;
import io.knit.api.command.Token;
import io.knit.api.command.Value;
import io.knit.api.command.Webhook;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Scenario;
import io.knit.api.history.Explanation;
import io.knit.api.history.HistoryEntry;
import io.knit.api.history.HistoryQuery;
import io.knit.api.history.PastDeployment;
import io.knit.api.model.ClusterSnapshot;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Liveness;
import io.knit.api.model.Node;
import io.knit.api.model.RevisionView;
import io.knit.api.model.Settled;
import io.knit.api.model.VolumeView;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The orchestrator as the HTTP server asks it: whoever decides, and on whichever thread, the answer is given on the HTTP server's context,
 * where all that belongs to connections lives.
 */
final class Here implements Orchestrator {
    private final Orchestrator orchestrator;
    private final ContextInternal context;

    Here(Orchestrator orchestrator, Context context) {
        this.orchestrator = orchestrator;
        this.context = (ContextInternal) context;
    }

    private <T> Future<T> here(Future<T> answer) {
        Promise<T> given = context.promise();
        answer.onComplete(given);
        return given.future();
    }

    @Override
    public <A> Future<A> run(Command<A> command, Caller caller) {
        return here(orchestrator.run(command, caller));
    }

    @Override
    public Future<Plan> plan(Command<?> command, Caller caller) {
        return here(orchestrator.plan(command, caller));
    }

    @Override
    public Future<Rendering> render(DeploymentSpec spec, @Nullable String node, Caller caller) {
        return here(orchestrator.render(spec, node, caller));
    }

    @Override
    public Future<Foretold> simulate(Scenario scenario, Caller caller) {
        return here(orchestrator.simulate(scenario, caller));
    }

    @Override
    public Future<String> incident(Caller caller) {
        return here(orchestrator.incident(caller));
    }

    @Override
    public Optional<Caller> callerBy(String token, String from) {
        return orchestrator.callerBy(token, from);
    }

    @Override
    public List<Token> tokens(Caller caller) {
        return orchestrator.tokens(caller);
    }

    @Override
    public List<Webhook> webhooks(Caller caller) {
        return orchestrator.webhooks(caller);
    }

    @Override
    public List<VolumeView> volumes(Caller caller) {
        return orchestrator.volumes(caller);
    }

    @Override
    public VolumeView volume(String deployment, String slot, String name, @Nullable String node, Caller caller) {
        return orchestrator.volume(deployment, slot, name, node, caller);
    }

    @Override
    public List<Value> values(Value.Kind kind, Caller caller) {
        return orchestrator.values(kind, caller);
    }

    @Override
    public Map<String, List<String>> readers(Value.Kind kind, Caller caller) {
        return orchestrator.readers(kind, caller);
    }

    @Override
    public Value value(Value.Kind kind, String name, Caller caller) {
        return orchestrator.value(kind, name, caller);
    }

    @Override
    public Future<Webhook.Tried> tryWebhook(String name, Caller caller) {
        return here(orchestrator.tryWebhook(name, caller));
    }

    @Override
    public Future<Path> backup(Caller caller) {
        return here(orchestrator.backup(caller));
    }

    @Override
    public ClusterSnapshot snapshot() {
        return orchestrator.snapshot();
    }

    @Override
    public Optional<DeploymentView> deployment(String name) {
        return orchestrator.deployment(name);
    }

    @Override
    public Settled settled(DeploymentView made) {
        return orchestrator.settled(made);
    }

    @Override
    public Optional<Node> node(String id) {
        return orchestrator.node(id);
    }

    @Override
    public Liveness liveness(String node) {
        return orchestrator.liveness(node);
    }

    @Override
    public List<RevisionView> revisions(String name) {
        return orchestrator.revisions(name);
    }

    @Override
    public List<Plan.FieldChange> diff(String name, int from, int to) {
        return orchestrator.diff(name, from, to);
    }

    @Override
    public Future<Explanation> explain(String name) {
        return here(orchestrator.explain(name));
    }

    @Override
    public Future<Explanation> explainInstance(String id) {
        return here(orchestrator.explainInstance(id));
    }

    @Override
    public Future<PastDeployment> deploymentAt(String name, Instant at) {
        return here(orchestrator.deploymentAt(name, at));
    }

    @Override
    public long lastEvent() {
        return orchestrator.lastEvent();
    }

    @Override
    public Future<List<HistoryEntry>> history(HistoryQuery query) {
        return here(orchestrator.history(query));
    }

    @Override
    public List<KnitEvent> eventsAfter(long afterSeq) {
        return orchestrator.eventsAfter(afterSeq);
    }

    @Override
    public Registration listen(Consumer<KnitEvent> listener) {
        return orchestrator.listen(listener);
    }

    @Override
    public boolean ready() {
        return orchestrator.ready();
    }
}
