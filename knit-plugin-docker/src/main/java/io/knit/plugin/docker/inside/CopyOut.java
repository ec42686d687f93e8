package io.knit.plugin.docker.inside;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.plugin.docker.container.ContainerCreation;
import io.knit.plugin.docker.engine.Engine;
import io.knit.plugin.docker.engine.EngineClients;
import io.knit.plugin.docker.engine.EngineErrors;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A file or folder of a container, as tar. */
public final class CopyOut extends LongCall<Void> {
    private final String containerId;
    private final String path;
    private final ByteReader reader;
    private final DockerClient client;
    private volatile boolean answered;

    private CopyOut(Engine engine, String containerId, String path, ByteReader reader) {
        super(engine, "copying from container " + ContainerCreation.shortId(containerId));
        this.containerId = containerId;
        this.path = path;
        this.reader = reader;
        this.client = engine.clients().open();
    }

    public static CopyOut begin(Engine engine, String containerId, String path, ByteReader reader) {
        CopyOut copy = new CopyOut(engine, containerId, path, reader);
        copy.start();
        return copy;
    }

    @Override
    boolean isAnswered() {
        return answered;
    }

    @Override
    Void work() throws Exception {
        // not closed: closing reads to its end what nobody wants; its client is closed
        InputStream tar = open(client, containerId, path);
        answered = true;
        // the engine packs the tar; unpacked it comes in crumbs, each of which would wait for its reader
        byte[] buffer = new byte[piece()];
        for (int count = fill(tar, buffer); count > 0; count = fill(tar, buffer)) {
            if (!turn.await(reader.bytes(Arrays.copyOf(buffer, count)))) {
                throw EngineErrors.closed(what);
            }
        }
        return null;
    }

    private static int fill(InputStream from, byte[] buffer) throws IOException {
        return from.readNBytes(buffer, 0, buffer.length);
    }

    /** @throws KnitException with {@code NOT_FOUND} if it is the path that is not there */
    static InputStream open(DockerClient client, String containerId, String path) {
        try {
            return client.copyArchiveFromContainerCmd(containerId, path).exec();
        } catch (NotFoundException e) {
            client.inspectContainerCmd(containerId).exec();
            throw new KnitException(
                    ErrorCode.NOT_FOUND, "there is no " + path + " in the container; name a path that is there", e);
        }
    }

    @Override
    void free() {
        EngineClients.close(client);
    }
}
