package io.knit.plugin.wgmesh.socket;

/** The daemon did not answer as it should; the message goes on from "the wg-mesh daemon at …". */
public final class MeshProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MeshProtocolException(String message) {
        super(message);
    }
}
