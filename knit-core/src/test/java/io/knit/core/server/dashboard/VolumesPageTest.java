package io.knit.core.server.dashboard;

import static io.knit.core.server.dashboard.PageFixtures.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.NodeState;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.FakeOrchestrator;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The page of volumes: which there are, removing and moving them. */
class VolumesPageTest {
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static VolumeView volume(String deployment, String name, String node) {
        return new VolumeView(
                new SlotVolume(deployment, "0", name, node, FakeOrchestrator.NOW, null), null, "", "", null);
    }

    @Test
    void volumesAreListedThoseFirstWhoseDeploymentIsGone() throws Exception {
        server.orchestrator.node("n1", NodeState.READY, Map.of(), "", "");
        server.orchestrator.node("n2", NodeState.READY, Map.of(), "", "");
        server.orchestrator.node("n3", NodeState.DOWN, Map.of(), "", "it is silent");
        server.orchestrator.put(DeploymentSpec.builder("books", "b:1").build(), DeploymentStatus.RUNNING, List.of());
        SlotVolume data = volume("books", "data", "n1").volume();
        server.orchestrator.volumes = List.of(
                new VolumeView(data, "books-0-a", "", "", null),
                new VolumeView(
                        volume("books", "moving", "n1").volume(),
                        null,
                        "",
                        "",
                        new SlotMove("books", "0", "n1", "n2", List.of("moving"), true, FakeOrchestrator.NOW, 0)),
                new VolumeView(data.leftBehind("n1"), null, "", "", null),
                new VolumeView(
                        data.removing(FakeOrchestrator.NOW), null, "n3 is <down>", "it goes when n3 is back", null),
                volume("old", "kept", "n1"));
        String page = server.get("/dashboard/volumes").body();
        assertThat(page)
                .containsSubsequence(
                        "<b>old</b> slot 0: <b>kept</b>",
                        "its deployment is gone",
                        "Remove kept with all",
                        "<b>books</b> slot 0: <b>data</b>",
                        "used by <b>books-0-a</b>",
                        "<input name=\"to\" list=\"nodes\" required",
                        "<b>moving</b>",
                        "End the move",
                        "its slot moves from n1 to n2: it is copied",
                        "the old copy: its slot was moved to n1",
                        "is to go; it goes when n3 is back",
                        "<datalist id=\"nodes\"><option value=\"n1\"></option><option value=\"n2\"></option></datalist>")
                .doesNotContain("<down>", "more nodes");
        assertThat(page.split("name=\"to\"", -1)).hasSize(2);
        assertThat(page.split("value=\"remove\" formnovalidate", -1)).hasSize(5);
        server.orchestrator.forget("n2");
        assertThat(server.get("/dashboard/volumes").body()).doesNotContain("name=\"to\"", "<datalist");
        assertThat(server.get("/dashboard").body())
                .contains(
                        "<input type=\"checkbox\" id=\"volumes-books\" name=\"volumes\" value=\"1\"> <label for=\"volumes-books\">");
    }

    @Test
    @DisplayName("the page of volumes offers the nodes once, and its size does not grow with volumes times nodes")
    void volumesOfALargeFleet() throws Exception {
        server.orchestrator.put(DeploymentSpec.builder("books", "b:1").build(), DeploymentStatus.RUNNING, List.of());
        for (int i = 0; i < 2000; i++) {
            server.orchestrator.node("node-" + (1000 + i), NodeState.READY, Map.of(), "", "");
        }
        server.orchestrator.volumes = Stream.concat(
                        IntStream.range(0, 600).mapToObj(i -> volume("books", "data" + i, "node-1001")),
                        Stream.of(volume("old", "kept", "node-1001")))
                .toList();
        String page = server.get("/dashboard/volumes").body();
        assertThat(page.length()).isLessThan(1 << 20);
        assertThat(page.split("<option", -1)).hasSize(501);
        // containsSubsequence takes minutes for as long a page
        assertThat(Stream.of(
                                "<b>old</b> slot 0",
                                "<b>data0</b>",
                                "<b>data498</b>",
                                "A slot can be moved to 1500 more nodes than are offered: type the name.",
                                "and 101 more")
                        .map(page::indexOf))
                .isSorted()
                .doesNotContain(-1);
        assertThat(page).doesNotContain("<b>data499</b>");
    }

    @Test
    void volumesGoAndMoveByPlainForms() throws Exception {
        server.orchestrator.put(DeploymentSpec.builder("books", "b:1").build(), DeploymentStatus.RUNNING, List.of());
        PageSession session = new PageSession(server);
        String[] data = {"name", "books", "slot", "0", "volume", "data", "node", "n1"};
        Map<String, String> done =
                Map.of("remove", "removing=books/0/data", "move", "moving=books/0", "cancel", "staying=books/0");
        for (String action : List.of("remove", "move", "cancel")) {
            HttpResponse<String> answer =
                    session.post("/dashboard/volumes", with(with(data, "do", action), "to", "n2"));
            assertThat(answer.headers().firstValue("Location"))
                    .as(answer.body())
                    .hasValue("/dashboard/volumes?" + done.get(action));
        }
        assertThat(server.orchestrator.commands)
                .containsExactly(
                        new Command.RemoveVolume("books", "0", "data", "n1"),
                        new Command.MoveSlot("books", "0", "n2"),
                        new Command.CancelMove("books", "0"));
        assertThat(server.get("/dashboard/volumes?moving=books/0").body())
                .contains("role=\"status\">books/0 is being moved with its volumes.");
        assertThat(server.get("/dashboard/volumes?moving=%3Cb%3E").body()).doesNotContain("being moved");

        assertThat(session.post("/dashboard/volumes", with(data, "do", "eat")).statusCode())
                .isEqualTo(400);
        assertThat(session.send("/dashboard/volumes", "", session.token, with(data, "do", "remove"))
                        .statusCode())
                .isEqualTo(403);
        server.orchestrator.refused = new KnitException(ErrorCode.IN_USE, "books-0-a has it");
        HttpResponse<String> used = session.post("/dashboard/volumes", with(data, "do", "remove"));
        assertThat(used.statusCode()).isEqualTo(409);
        assertThat(used.body()).contains("role=\"alert\">Nothing was done: books-0-a has it");
        assertThat(server.orchestrator.commands).hasSize(3);

        server.orchestrator.refused = null;
        server.orchestrator.commands.clear();
        session.post("/dashboard/undeploy", "name", "books", "revision", "1", "volumes", "1");
        session.post("/dashboard/undeploy", "name", "books", "revision", "1");
        assertThat(server.orchestrator.commands)
                .containsExactly(new Command.Undeploy("books", 1, true), new Command.Undeploy("books", 1, false));
    }
}
