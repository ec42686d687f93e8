package io.knit.core.server.dashboard;

import static io.knit.core.server.dashboard.PageFixtures.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.TemplateSpec;
import io.knit.core.server.dashboard.form.FormWords;
import io.knit.core.server.http.ApiServer;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The deploy form, from what was typed to a spec, and back with what is wrong. */
class DeployFormTest {
    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theFormSaysOfItsFieldsWhatTheTableSays() throws Exception {
        String page = server.get("/dashboard").body();
        FormWords.all()
                .forEach((field, words) -> assertThat(page)
                        .as(field)
                        .contains("title=\"" + words.title().replace("'", "&#39;") + "\">" + words.label())
                        .contains(words.hint()));
        assertThat(page)
                .contains("title=\"how many instances, 0–1000\">Instances</label>")
                .contains(">Node selector <small>labels a node must have</small></label>");
        HttpResponse<String> refused =
                new PageSession(server).post("/dashboard/deploy", "name", "a", "image", "b:1", "replicas", "x");
        assertThat(refused.body()).contains("give a whole number from 0 to 1000");
    }

    @Test
    void deploysByThePlainForm() throws Exception {
        PageSession session = new PageSession(server);

        HttpResponse<String> done = session.post(
                "/dashboard/deploy",
                "name",
                " web ",
                "image",
                "nginx:1",
                "platform",
                " linux/arm64 ",
                "replicas",
                "2",
                "selector",
                "region=eu\r\n\r\nrole = api",
                "ports",
                "80\r\n8080:80\r\n10.54.0.15:53:53/udp\r\n[::1]:81:80\r\nmesh:82:80",
                "env",
                "A=b=c\r\nEMPTY=",
                "destination",
                "/a.html",
                "content",
                "x\r\n{{ node.id }}",
                "destination",
                "",
                "content",
                "");

        assertThat(done.statusCode()).as(done.body()).isEqualTo(303);
        assertThat(done.headers().firstValue("Location")).contains("/dashboard?deployed=web");
        assertThat(server.get("/dashboard?deployed=web").body()).contains("web was accepted as revision 1.");
        DeploymentSpec spec = server.orchestrator.accepted.get(0);
        assertThat(spec.name()).isEqualTo("web");
        assertThat(spec.process().platform()).isEqualTo("linux/arm64");
        assertThat(spec.replicas()).isEqualTo(2);
        assertThat(spec.nodeSelector()).isEqualTo(Map.of("region", "eu", "role", "api"));
        assertThat(spec.env()).isEqualTo(Map.of("A", "b=c", "EMPTY", ""));
        assertThat(spec.ports())
                .containsExactly(
                        new PortSpec(null, 0, 80, Protocol.TCP),
                        new PortSpec(null, 8080, 80, Protocol.TCP),
                        new PortSpec("10.54.0.15", 53, 53, Protocol.UDP),
                        new PortSpec("::1", 81, 80, Protocol.TCP),
                        new PortSpec("mesh", 82, 80, Protocol.TCP));
        assertThat(spec.templates()).containsExactly(new TemplateSpec("/a.html", "x\n{{ node.id }}"));
    }

    @Test
    void errorsStandBesideTheirFieldsAndWhatWasTypedStays() throws Exception {
        HttpResponse<String> again = new PageSession(server)
                .post(
                        "/dashboard/deploy",
                        "name",
                        "Web",
                        "image",
                        "nginx:1",
                        "platform",
                        "linux/x86_64",
                        "replicas",
                        "1",
                        "selector",
                        "",
                        "ports",
                        "0:70000",
                        "env",
                        "",
                        "destination",
                        "",
                        "content",
                        "",
                        "destination",
                        "/a",
                        "content",
                        "{{ nod }}");

        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body())
                .contains("value=\"Web\"")
                .contains("value=\"nginx:1\"")
                .contains("id=\"name-problem\"")
                .contains("not a DNS label")
                .contains("id=\"platform-problem\"")
                .contains("did you mean linux/amd64?")
                .contains("id=\"ports-problem\"")
                .contains("id=\"template1-problem\"")
                .contains("line 1, column 4")
                .contains("0:70000");
        assertThat(server.orchestrator.accepted).isEmpty();

        HttpResponse<String> unreadable = new PageSession(server)
                .post(
                        "/dashboard/deploy",
                        "name",
                        "",
                        "image",
                        "",
                        "replicas",
                        "x",
                        "selector",
                        "a",
                        "ports",
                        "x/y",
                        "env",
                        "=b\nA=1\nA=2");
        assertThat(unreadable.body())
                .contains("give a name")
                .contains("give an image")
                .contains("whole number")
                .contains("id=\"selector-problem\"")
                .contains("is not a port")
                .contains("given twice");
    }

    @Test
    void anotherFileCanBeAddedWithoutScript() throws Exception {
        HttpResponse<String> more = new PageSession(server)
                .post("/dashboard/deploy", "more", "1", "name", "web", "destination", "/a", "content", "x");
        assertThat(more.statusCode()).isEqualTo(200);
        assertThat(more.body())
                .contains("value=\"web\"")
                .contains("value=\"/a\"")
                .contains("id=\"destination1\"");
        assertThat(server.orchestrator.accepted).isEmpty();
    }

    @Test
    void moreFilesThanThereCanBeAreRefusedAndNoneIsDropped() throws Exception {
        String[] fields = {"name", "web", "image", "x:1", "replicas", "1"};
        for (int i = 0; i < 33; i++) {
            fields = with(with(fields, "destination", "/f" + i), "content", "x");
        }
        HttpResponse<String> answer = new PageSession(server).post("/dashboard/deploy", fields);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("32");
        assertThat(server.orchestrator.accepted).isEmpty();
    }
}
