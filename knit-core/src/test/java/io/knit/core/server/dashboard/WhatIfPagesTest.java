package io.knit.core.server.dashboard;

import static io.knit.core.server.dashboard.PageFixtures.EVIL;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Caller.Role;
import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Scenario;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish.Availability;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.connection.HttpLimits;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The page of what would happen to a node, and with it to what is there. */
class WhatIfPagesTest {
    private static final String PATH = "/dashboard/nodes/n1/simulate";

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(HttpLimits.forHeap(1L << 30), true);
        server.orchestrator.tokens.put("all", new Caller("all", Role.ADMIN, "a test"));
        server.orchestrator.tokens.put("some", new Caller("some", Role.DEPLOYER, "a test", List.of("web")));
        server.orchestrator.tokens.put("looks", new Caller("looks", Role.VIEWER, "a test"));
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        server.orchestrator.node("n2", NodeState.DOWN, Map.of(), "", "");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private PageSession as(String token) throws Exception {
        return new PageSession(server, token);
    }

    private static Foretold.Fate fate(String name, int wanted, int before, int fewest, int after, String... problems) {
        return new Foretold.Fate(
                name, wanted, before, fewest, Duration.ofSeconds(5), after, 2, "done", List.of(problems));
    }

    private static Foretold.Moment told(int second, String message) {
        return new Foretold.Moment(
                Duration.ofSeconds(second).plusMillis(second / 60 * 7L), "node.down", null, null, "n1", message);
    }

    @Test
    @DisplayName("each button supposes one thing, and is there where it is of use")
    void buttons() throws Exception {
        PageSession session = as("all");
        assertThat(session.get("/dashboard/nodes/n1").body())
                .contains("action=\"" + PATH + "\"", "value=\"die\"", "value=\"drain\"")
                .doesNotContain("value=\"back\"", "What if it was active");
        assertThat(session.get("/dashboard/nodes/n2").body())
                .contains("value=\"back\"", "What if it was drained?")
                .doesNotContain("value=\"die\"");
        server.orchestrator.run(new Command.SetAvailability("n1", Availability.DRAINED), Caller.PROGRAM);
        assertThat(session.get("/dashboard/nodes/n1").body())
                .contains("What if it was active again?")
                .doesNotContain("What if it was drained?");
        server.orchestrator.commands.clear();
        Map<String, String> titles = Map.of(
                "die",
                "If n1 died",
                "back",
                "If n1 came back",
                "drain",
                "If n1 was drained",
                "activate",
                "If n1 was active again");
        for (String button : List.of("die", "back", "drain", "activate")) {
            assertThat(session.post(PATH, "do", button).body()).contains("<h1>" + titles.get(button) + "</h1>");
        }
        assertThat(server.orchestrator.supposed)
                .containsExactly(
                        Scenario.of(new Scenario.Kill("n1")),
                        Scenario.of(new Scenario.Revive("n1")),
                        Scenario.of(new Scenario.Run(new Command.SetAvailability("n1", Availability.DRAINED))),
                        Scenario.of(new Scenario.Run(new Command.SetAvailability("n1", Availability.ACTIVE))));
        assertThat(server.orchestrator.commands).isEmpty();
    }

    @Test
    @DisplayName("it is shown how each deployment fares, who goes where, and what is told when")
    void shown() throws Exception {
        server.orchestrator.foretold = new Foretold(
                4,
                true,
                true,
                Duration.ofSeconds(34),
                List.of(
                        fate("web", 3, 3, 2, 3),
                        fate("db", 1, 1, 0, 0, "slot 0 waits for " + EVIL),
                        fate("calm", 2, 2, 2, 2),
                        fate("short", 2, 1, 1, 1),
                        fate("old", 0, 1, 0, 0)),
                List.of(
                        new Foretold.Move(Duration.ofSeconds(17), "web", "1", "web-1-x", "n1", "n2", "n1 is down"),
                        new Foretold.Move(Duration.ofSeconds(18), "web", "2", "web-2-x", null, "n3", ""),
                        new Foretold.Move(Duration.ofSeconds(19), "old", "0", null, "n1", null, "")),
                List.of(told(12, "n1 is suspect: " + EVIL)));
        HttpResponse<String> page = as("looks").post(PATH, "do", "die");
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.body())
                .containsSubsequence(
                        "All of it would be over after 34s.",
                        "<b>web</b>",
                        "<span class=\"pill warn\">3 of 3 healthy</span>",
                        "3 healthy now; 2 at the worst moment, after 5s; 3 at the end",
                        "<b>db</b>",
                        "<span class=\"pill bad\">0 of 1 healthy</span>",
                        "slot 0 waits for &lt;script&gt;",
                        "<b>calm</b>",
                        "<span class=\"pill good\">2 of 2 healthy</span>",
                        "2 healthy now; 2 at the end",
                        "<b>short</b>",
                        "<span class=\"pill bad\">1 of 2 healthy</span>",
                        ">gone</span>",
                        "href=\"/dashboard/nodes/n1\">Back to n1",
                        "nothing was done. Nodes are supposed to fetch an image in 1s, to start it in 2s and to stop it in 1s.",
                        "17s",
                        "<b>web</b> slot 1: n1 → n2",
                        "n1 is down",
                        "<b>web</b> slot 2: to n3",
                        "<b>old</b> slot 0: goes from n1",
                        "12s",
                        "<span class=\"dot bad\"></span> n1 is suspect: &lt;script&gt;")
                .doesNotContain("<script", " more</p>");
    }

    @Test
    @DisplayName("how it ends is said, and of much only the beginning is shown")
    void ends() throws Exception {
        assertThat(as("all").post(PATH, "do", "die").body())
                .contains("Nothing would happen.", "No deployment would notice.");
        List<Foretold.Moment> many = IntStream.range(0, 203)
                .mapToObj(i -> told(i, "told " + i + "."))
                .toList();
        Foretold.Move move = new Foretold.Move(Duration.ZERO, "web", "1", "x", "n1", "n2", "");
        server.orchestrator.foretold =
                new Foretold(4, false, true, Duration.ofSeconds(34), List.of(), Collections.nCopies(205, move), many);
        String page = as("all").post(PATH, "do", "die").body();
        assertThat(page.split("<b>web</b> slot 1", -1)).hasSize(201);
        assertThat(page)
                .contains(
                        "<span class=\"aside\">3m5s</span>",
                        "After 10m something would still happen.",
                        "told 199.",
                        "and 3 more",
                        "and 5 more")
                .doesNotContain("told 200.");
        server.orchestrator.foretold =
                new Foretold(4, false, false, Duration.ofSeconds(34), List.of(), List.of(), many);
        assertThat(as("all").post(PATH, "do", "die").body()).contains("too much to work out all of it");
    }

    @Test
    @DisplayName("of very many deployments those that fare worst are shown, and it is said how many are not")
    void worst() throws Exception {
        List<Foretold.Fate> all = new ArrayList<>(IntStream.range(0, 203)
                .mapToObj(i -> fate("calm-" + i, 1, 1, 1, 1))
                .toList());
        all.add(fate("warned", 1, 1, 0, 1));
        all.add(fate("worst", 1, 1, 0, 0, "slot 0 waits"));
        server.orchestrator.foretold =
                new Foretold(4, true, true, Duration.ofSeconds(34), all, List.of(), List.of(told(12, "n1 is down")));
        String page = as("all").post(PATH, "do", "die").body();
        assertThat(page)
                .containsSubsequence("<b>worst</b>", "<b>warned</b>", "<b>calm-0</b>", "<b>calm-197</b>", "and 5 more")
                .doesNotContain("calm-198");
    }

    @Test
    @DisplayName("what is refused is said on a page, and who does not see all is neither offered it nor answered")
    void refused() throws Exception {
        PageSession session = as("all");
        assertThat(session.send(PATH, session.cookie, "", "do", "die").body()).contains(Frame.OLD_PAGE);
        assertThat(session.post(PATH, "do", EVIL).body())
                .contains("no such button")
                .doesNotContain("<script");
        assertThat(as("some").post(PATH, "do", "die").statusCode()).isEqualTo(403);
        assertThat(as("some").get("/dashboard/nodes/n1").body()).doesNotContain("What if");
        server.orchestrator.refused = new KnitException(ErrorCode.BUSY, "16 simulations are being worked out");
        HttpResponse<String> busy = session.post(PATH, "do", "die");
        assertThat(busy.statusCode()).isEqualTo(503);
        assertThat(busy.body()).contains("16 simulations are being worked out");
        assertThat(server.orchestrator.supposed).isEmpty();
        HttpResponse<String> opened = session.get(PATH);
        assertThat(opened.statusCode()).isEqualTo(302);
        assertThat(opened.headers().firstValue("Location")).hasValue("/dashboard/nodes/n1");
    }
}
