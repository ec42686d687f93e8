package io.knit.core.server.dashboard.stack;

import io.knit.api.Orchestrator;
import io.knit.api.command.Plan;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.compose.text.ComposeFinding;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.dashboard.show.PlanView;
import io.knit.core.server.http.json.ComposeReader;
import io.knit.core.server.stack.StackCommands;
import io.knit.core.server.stack.StackReader;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code /dashboard/compose}: a Compose file is typed, what would come of it is shown, and only who says yes then has it done. */
public final class StackPages {
    public static final String PATH = "/dashboard/compose";

    private final Orchestrator orchestrator;
    private final Frame frame;
    private final StackReader reader;

    public StackPages(Orchestrator orchestrator, Frame frame, StackReader reader) {
        this.orchestrator = orchestrator;
        this.frame = frame;
        this.reader = reader;
    }

    public void mount(Router router) {
        Frame.get(router, PATH, ctx -> page(ctx, 200, StackForm.NONE, List.of()));
        router.post(PATH).handler(this::post);
    }

    private void post(RoutingContext ctx) {
        StackForm form = StackForm.of(ctx.request().formAttributes());
        if (!frame.isGiven(ctx)) {
            page(ctx, 403, form, List.of(Frame.OLD_PAGE));
            return;
        }
        try {
            switch (form.action()) {
                case "plan" -> plan(ctx, form);
                case "deploy" -> deploy(ctx, form, form.revisions());
                case "edit" -> page(ctx, 200, form, List.of());
                default ->
                    throw new KnitException(ErrorCode.INVALID_VALUE, "the page has no such button; open it anew");
            }
        } catch (KnitException e) {
            refuse(ctx, form, e);
        }
    }

    private void plan(RoutingContext ctx, StackForm form) {
        reader.read(form.source())
                .compose(read -> {
                    StackCommands commands =
                            new StackCommands(orchestrator, frame.caller(ctx), read, form.prune(), null);
                    Map<String, Integer> present = commands.present();
                    return commands.plan().onSuccess(plans -> show(ctx, form.seen(present), read, plans));
                })
                .onFailure(failure -> refuse(ctx, form, failure));
    }

    private void show(RoutingContext ctx, StackForm form, ComposeReader.Read read, List<Plan> plans) {
        Map<String, Object> model = new HashMap<>();
        model.put("form", form);
        model.put("project", read.stack().project());
        model.put(
                "remarks",
                read.stack().findings().stream()
                        .filter(finding -> !finding.refuses())
                        .map(ComposeFinding::toString)
                        .toList());
        model.put("plans", plans.stream().map(PlanView::of).toList());
        model.put("changes", plans.stream().anyMatch(Plan::changes));
        model.put("here", PATH);
        frame.show(ctx, "stack-plan.peb", model);
    }

    private void deploy(RoutingContext ctx, StackForm form, Map<String, Integer> seen) {
        reader.read(form.source())
                .compose(read -> {
                    StackCommands commands =
                            new StackCommands(orchestrator, frame.caller(ctx), read, form.prune(), seen);
                    return commands.rehearsed()
                            .compose(plans -> commands.deploy())
                            .compose(made -> commands.prune())
                            .onSuccess(gone -> Frame.seeOther(
                                    ctx, "/dashboard?changed=" + read.stack().project()));
                })
                .onFailure(failure -> refuse(ctx, form, failure));
    }

    private void refuse(RoutingContext ctx, StackForm form, Throwable failure) {
        Frame.refuse(
                ctx,
                failure,
                expected -> page(
                        ctx,
                        Frame.status(expected),
                        form,
                        Refusals.of(expected).stream()
                                .map(refusal -> String.valueOf(refusal.getMessage()))
                                .toList()));
    }

    private void page(RoutingContext ctx, int status, StackForm form, List<String> errors) {
        Map<String, Object> model = new HashMap<>();
        model.put("form", form);
        model.put("errors", errors);
        model.put("here", PATH);
        frame.show(ctx, status, "stack.peb", model);
    }
}
