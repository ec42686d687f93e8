package io.knit.bench.engine;

import static io.knit.bench.engine.EngineWords.millis;

import com.github.dockerjava.api.DockerClient;
import io.knit.api.AgentTiming;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.bench.beside.KeptConnection;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Wishes to a Knit of one node, over its API. */
final class ByKnit {
    private final DockerClient client;
    private final EngineWords words;
    private final KeptConnection api;
    private final EventLines events;
    private final String image;
    private final List<String> command;

    ByKnit(
            DockerClient client,
            EngineWords words,
            KeptConnection api,
            EventLines events,
            String image,
            List<String> command) {
        this.client = client;
        this.words = words;
        this.api = api;
        this.events = events;
        this.image = image;
        this.command = command;
    }

    Life life(String name) throws IOException, InterruptedException {
        String wish = new JsonObject()
                .put("name", name)
                .put("image", image)
                .put("pull", "missing")
                .put("command", new JsonArray(command))
                .encode();
        Instant wished = Instant.now();
        api.ask("POST", "/deployments", wish).expecting(202);
        try {
            events.await("instance.running", name);
            String shown =
                    api.ask("GET", "/deployments/" + name, "").expecting(200).body();
            Instant known = Instant.now();
            if (!new JsonObject(shown).getString("status").equals("running")) {
                throw new IllegalStateException("an event told that " + name + " runs, and the API shows " + shown);
            }
            EngineWords.Word start = words.await("start", KnitLabels.DEPLOYMENT, name);
            Instant killed = Instant.now();
            client.killContainerCmd(start.container()).exec();
            words.await("die", KnitLabels.DEPLOYMENT, name);
            Instant again = words.await("start", KnitLabels.DEPLOYMENT, name).at();
            events.await("instance.running", name);
            Instant unwanted = Instant.now();
            api.ask("DELETE", "/deployments/" + name, "").expecting(202);
            Instant gone = words.await("destroy", KnitLabels.DEPLOYMENT, name).at();
            events.await("deployment.deleted", name);
            double delay = AgentTiming.DEFAULT.restartFirst().toNanos() / 1e6;
            return new Life(
                    millis(wished, start.at()),
                    millis(wished, known),
                    millis(killed, again) - delay,
                    millis(unwanted, gone));
        } catch (RuntimeException | InterruptedException e) {
            api.ask("DELETE", "/deployments/" + name, "");
            throw e;
        }
    }
}
