package io.knit.core.server.compose.take;

/** What is taken over otherwise than it stands in a file, because who deploys it says so. */
public enum Liberty {
    /** He sets the secrets that are not set yet: nothing need be said of their files. */
    SECRETS_ARE_SET,
    /** A folder beside the file becomes a volume, which begins empty. */
    FOLDERS_AS_VOLUMES
}
