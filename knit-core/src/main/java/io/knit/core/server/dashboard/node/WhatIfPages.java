package io.knit.core.server.dashboard.node;

import io.knit.api.Orchestrator;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Scenario;
import io.knit.api.model.NodeWish.Availability;
import io.knit.core.server.dashboard.frame.CsrfTokens;
import io.knit.core.server.dashboard.frame.Frame;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** {@code /dashboard/nodes/{id}/simulate}: what would happen if it died, was drained, or came back. Asked by a form, since it takes its time, and nothing is done. */
public final class WhatIfPages {
    public static final String PATH = NodePages.PATH + "/simulate";
    public static final Set<String> FIELDS = Set.of(CsrfTokens.FIELD, "do");

    private final Orchestrator orchestrator;
    private final Frame frame;

    public WhatIfPages(Orchestrator orchestrator, Frame frame) {
        this.orchestrator = orchestrator;
        this.frame = frame;
    }

    public void mount(Router router) {
        Frame.get(router, PATH, ctx -> ctx.redirect(NodePages.address(ctx.pathParam("id"))));
        router.post(PATH).handler(this::simulate);
    }

    /** What a button supposes. */
    private enum Supposed {
        DIE("died") {
            @Override
            Scenario.Step of(String node) {
                return new Scenario.Kill(node);
            }
        },
        BACK("came back") {
            @Override
            Scenario.Step of(String node) {
                return new Scenario.Revive(node);
            }
        },
        DRAIN("was drained") {
            @Override
            Scenario.Step of(String node) {
                return new Scenario.Run(new Command.SetAvailability(node, Availability.DRAINED));
            }
        },
        ACTIVATE("was active again") {
            @Override
            Scenario.Step of(String node) {
                return new Scenario.Run(new Command.SetAvailability(node, Availability.ACTIVE));
            }
        };

        final String words;

        Supposed(String words) {
            this.words = words;
        }

        abstract Scenario.Step of(String node);

        static Supposed by(String word) {
            for (Supposed each : values()) {
                if (each.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return each;
                }
            }
            throw new KnitException(ErrorCode.INVALID_VALUE, "the page has no such button; open it anew");
        }
    }

    private void simulate(RoutingContext ctx) {
        frame.requireGiven(ctx);
        String node = ctx.pathParam("id");
        Supposed supposed = Supposed.by(Objects.requireNonNullElse(ctx.request().getFormAttribute("do"), ""));
        Scenario scenario = Scenario.of(supposed.of(node));
        orchestrator.simulate(scenario, frame.caller(ctx)).onFailure(ctx::fail).onSuccess(foretold -> {
            Map<String, Object> model = new HashMap<>();
            model.put("node", node);
            model.put("page", WhatIfView.of("If " + node + " " + supposed.words, foretold, scenario.pace()));
            model.put("here", "");
            frame.show(ctx, "what-if.peb", model);
        });
    }
}
