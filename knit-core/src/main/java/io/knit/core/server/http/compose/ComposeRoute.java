package io.knit.core.server.http.compose;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentView;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.http.json.ComposeReader;
import io.knit.core.server.http.json.ComposeReader.Asked;
import io.knit.core.server.http.request.BodyReader;
import io.knit.core.server.http.request.Terms;
import io.knit.core.server.stack.StackCommands;
import io.knit.core.server.stack.StackReader;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code POST /compose}: one answer for a whole stack. */
public final class ComposeRoute {
    /** The query's parameters. */
    public static final Set<String> PARAMETERS = Set.of("dry_run", "wait", "prune", "project");

    private static final Set<String> YAML =
            Set.of("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml");

    private final Orchestrator orchestrator;
    private final StackReader reader;
    private final Patience patience;
    private final Answers answers;

    /** Waits until a deployment has settled; what comes of it is why it has not, or empty. */
    @FunctionalInterface
    public interface Patience {
        Future<Settled> runs(RoutingContext ctx, DeploymentView made, Duration atMost);
    }

    /**
     * How a wait ended.
     *
     * @param unsettled why it has not settled; empty: it has
     * @param timedOut whether it may settle yet
     */
    public record Settled(DeploymentView newest, String unsettled, boolean timedOut) {}

    public ComposeRoute(Orchestrator orchestrator, StackReader reader, Patience patience, Answers answers) {
        this.orchestrator = orchestrator;
        this.reader = reader;
        this.patience = patience;
        this.answers = answers;
    }

    public void mount(Router router) {
        router.post("/compose").handler(this::post);
    }

    private void post(RoutingContext ctx) {
        Asked asked = isYaml(ctx) ? ComposeReader.yaml(BodyReader.of(ctx)) : ComposeReader.json(BodyReader.of(ctx));
        Terms terms = Terms.of(ctx.request());
        String project = ctx.request().getParam("project");
        boolean prune = flag(ctx, "prune") || asked.prune();
        Asked whole = project == null ? asked : new Asked(asked.source().named(project), prune);
        Caller caller = Gate.caller(ctx);
        BodyReader.letGo(ctx);
        reader.read(whole.source())
                .compose(read -> new StackRun(
                                patience,
                                answers,
                                ctx,
                                terms,
                                read,
                                new StackCommands(orchestrator, caller, read, prune, null))
                        .all())
                .onFailure(ctx::fail);
    }

    private static boolean flag(RoutingContext ctx, String name) {
        String text = ctx.request().getParam(name);
        if (text == null || text.equals("false")) {
            return false;
        } else if (text.equals("true")) {
            return true;
        }
        throw new KnitException(
                ErrorCode.INVALID_VALUE,
                "the parameter " + name + " is " + Pointers.quoted(text) + "; give true or false. Nothing was done");
    }

    /** Neither of them is a form's type, which other sites could send. */
    private static boolean isYaml(RoutingContext ctx) {
        List<String> types = ctx.request().headers().getAll("Content-Type");
        String type = types.size() == 1 ? types.get(0) : "";
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!media.equals("application/json") && !YAML.contains(media)) {
            throw new KnitException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "the Content-Type is " + (media.isEmpty() ? "missing, or given twice" : Pointers.quoted(media))
                            + "; send a Compose file with Content-Type: application/yaml, or JSON with application/json");
        }
        return YAML.contains(media);
    }
}
