using Microsoft.AspNetCore.Http.Metadata;

namespace Ttm.Server.Api;

/// <summary>RFC 9110 section 9.1: what can be read by GET can be asked for by HEAD; Kestrel leaves the content out.</summary>
internal static class HeadRequests
{
    /// <summary>All that these endpoints give by GET, but for streams, which have no end.</summary>
    public static T AlsoByHead<T>(this T endpoints)
        where T : IEndpointConventionBuilder
    {
        endpoints.Finally(endpoint =>
        {
            var isStream = endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Any(one => one.ContentTypes.Contains("text/event-stream"));
            for (var i = 0; i < endpoint.Metadata.Count && !isStream; i++)
            {
                if (endpoint.Metadata[i] is HttpMethodMetadata { HttpMethods: [var method] } && HttpMethods.IsGet(method))
                    endpoint.Metadata[i] = new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]);
            }
        });
        return endpoints;
    }
}
