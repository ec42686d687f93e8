package io.knit.plugin.docker.inside;

import com.github.dockerjava.api.DockerClient;
import io.knit.api.spi.runtime.Intake;
import io.knit.plugin.docker.container.ContainerCreation;
import io.knit.plugin.docker.engine.Engine;
import io.knit.plugin.docker.engine.EngineClients;
import io.vertx.core.Future;

/** A tar that is unpacked in a folder of a container while it comes. */
public final class CopyIn extends LongCall<Void> implements Intake<Void> {
    private final String containerId;
    private final String folder;
    private final DockerClient client;
    private final InputQueue input = new InputQueue();
    private volatile boolean answered;

    private CopyIn(Engine engine, String containerId, String folder) {
        super(engine, "copying to container " + ContainerCreation.shortId(containerId));
        this.containerId = containerId;
        this.folder = folder;
        this.client = engine.clients().open();
    }

    public static CopyIn begin(Engine engine, String containerId, String folder) {
        CopyIn copy = new CopyIn(engine, containerId, folder);
        copy.start();
        return copy;
    }

    @Override
    boolean isAnswered() {
        return answered;
    }

    @Override
    Void work() throws Exception {
        // the engine would say so while nobody listens, for the tar is still being sent
        DockerClient looks = engine.clients().open();
        try {
            CopyOut.open(looks, containerId, folder);
        } finally {
            EngineClients.close(looks);
        }
        answered = true;
        Pieces pieces = new Pieces(input);
        client.copyArchiveToContainerCmd(containerId)
                .withRemotePath(folder)
                .withTarInputStream(pieces)
                .exec();
        // the engine answers at the tar's last block, whatever follows it
        pieces.enough();
        return null;
    }

    @Override
    public Future<Void> write(byte[] bytes) {
        return input.write(bytes);
    }

    @Override
    public void endInput() {
        input.end();
    }

    @Override
    void free() {
        input.close(reason());
        EngineClients.close(client);
    }
}
