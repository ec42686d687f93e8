package io.knit.api.error;

import java.util.Locale;

/** The stable codes of everything that can go wrong. A name never changes its meaning; new ones may be added. */
public enum ErrorCode {
    /** The body is not JSON, has a key twice, or is nested too deep. */
    NOT_JSON(ErrorKind.USER, false),
    /** A field has another JSON type than the documented one. */
    WRONG_TYPE(ErrorKind.USER, false),
    /** A field that Knit does not know. */
    UNKNOWN_FIELD(ErrorKind.USER, false),
    /** A query parameter that Knit does not know. */
    UNKNOWN_PARAMETER(ErrorKind.USER, false),
    /** A field that must be there is not. */
    MISSING_FIELD(ErrorKind.USER, false),
    /** A field's value is outside what is allowed. */
    INVALID_VALUE(ErrorKind.USER, false),
    /** The same port, destination or key is given twice. */
    DUPLICATE_VALUE(ErrorKind.USER, false),
    /** A template does not parse, or uses what templates may not use. */
    TEMPLATE_INVALID(ErrorKind.USER, false),
    /** The body or a field is larger than the limit. */
    TOO_LARGE(ErrorKind.USER, false),
    /** The request's body did not come in time. */
    TOO_SLOW(ErrorKind.USER, true),
    /** The body's content type is not one Knit reads here. */
    UNSUPPORTED_MEDIA_TYPE(ErrorKind.USER, false),
    /** No such path, deployment, node or other named thing. */
    NOT_FOUND(ErrorKind.USER, false),
    /** It was known once, and is not kept any more. */
    FORGOTTEN(ErrorKind.USER, false),
    /** The path exists, but not with this method. */
    METHOD_NOT_ALLOWED(ErrorKind.USER, false),
    /** The server asks for a token, and none that it knows was shown. */
    UNAUTHENTICATED(ErrorKind.USER, false),
    /** The caller's role does not allow it, or the request comes from a page or for a host that is not this server's. */
    FORBIDDEN(ErrorKind.USER, false),
    /** A flag, environment variable, config key or builder setting is wrong. */
    INVALID_CONFIGURATION(ErrorKind.USER, false),

    /** Another agent with this node id is connected. */
    NODE_ID_TAKEN(ErrorKind.CONFLICT, false),
    /** The agent belongs to another cluster than this server's. */
    WRONG_CLUSTER(ErrorKind.CONFLICT, false),
    /** The agent and the server have no version of the protocol in common: one of them is to be upgraded. */
    VERSION_NOT_SPOKEN(ErrorKind.CONFLICT, true),
    /** The address, port, file lock or name is in use by something else. */
    IN_USE(ErrorKind.CONFLICT, true),
    /** The deployment has another revision than the caller knew: somebody else changed it meanwhile. */
    REVISION_CHANGED(ErrorKind.CONFLICT, false),

    /** No node fits, now. */
    NO_NODE_FITS(ErrorKind.CAPACITY, true),
    /** Too many requests are waiting. */
    BUSY(ErrorKind.CAPACITY, true),
    /** The caller asked too often, or failed to say who he is too often; after a while it is tried again. */
    TOO_MANY_REQUESTS(ErrorKind.CAPACITY, true),

    /** The image can't be had: unknown, refused by the registry, or the registry can't be reached. */
    IMAGE_UNAVAILABLE(ErrorKind.EXTERNAL, true),
    /** A published port is held by something else on the node. */
    PORT_IN_USE(ErrorKind.EXTERNAL, true),
    /** The node does not have, or does not have now, the address that a port is to be published at. */
    NO_SUCH_ADDRESS(ErrorKind.EXTERNAL, true),
    /** The container engine refused the request. */
    RUNTIME_REFUSED(ErrorKind.EXTERNAL, true),
    /** The container engine can't be reached or did not answer within the deadline. */
    RUNTIME_UNAVAILABLE(ErrorKind.EXTERNAL, true),
    /** The transport is not connected, or nobody answered. */
    TRANSPORT_UNAVAILABLE(ErrorKind.EXTERNAL, true),
    /** The store can't read or write. */
    STORE_UNAVAILABLE(ErrorKind.EXTERNAL, true),
    /** Secrets can't be sealed or opened: the server lacks the key. */
    SECRETS_LOCKED(ErrorKind.EXTERNAL, true),
    /** The store was lost while it wrote: whether it did is not known. */
    COMMIT_IN_DOUBT(ErrorKind.EXTERNAL, true),
    /** The discovery's source can't be read. */
    DISCOVERY_UNAVAILABLE(ErrorKind.EXTERNAL, true),
    /** The address to listen at is none of this machine's, or its name leads nowhere: not yet, at least. */
    ADDRESS_UNAVAILABLE(ErrorKind.EXTERNAL, true),
    /** A file that a setting names is not there or can't be read, or does not belong to the one beside it: not yet, at least. */
    FILE_UNAVAILABLE(ErrorKind.EXTERNAL, true),
    /** A plugin could not be loaded or its component could not be made, or a rule of who embeds the server failed. */
    PLUGIN_FAILED(ErrorKind.EXTERNAL, false),

    /** The component is closed or not started. */
    CLOSED(ErrorKind.CONFLICT, false),
    /** A bug in Knit. */
    INTERNAL(ErrorKind.INTERNAL, false);

    private final ErrorKind kind;
    private final boolean retryable;

    ErrorCode(ErrorKind kind, boolean retryable) {
        this.kind = kind;
        this.retryable = retryable;
    }

    public ErrorKind kind() {
        return kind;
    }

    /** Whether the same request may succeed later without anybody changing it. */
    public boolean retryable() {
        return retryable;
    }

    /** The code as it stands in JSON: {@code no_node_fits}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
