namespace Ttm.Server.Auth;

/// <summary>The claim <c>role</c>, in lower case on the wire.</summary>
internal enum Role
{
    Teacher,
    Student,
    Service,

    /// <summary>May test what a network lets through, and nothing else.</summary>
    Network,
}
