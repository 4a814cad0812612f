namespace Ttm.Server.Messages;

/// <summary>What somebody typed in a lesson, as the API shows it.</summary>
/// <param name="From">The claim <c>sub</c> of who posted it.</param>
internal sealed record Message(string Id, string Lesson, string From, string Text, DateTimeOffset At);
