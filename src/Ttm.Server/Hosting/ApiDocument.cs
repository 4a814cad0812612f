using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using Ttm.Server.Api;

namespace Ttm.Server.Hosting;

/// <summary>
/// The OpenAPI document, and in Development a page to read it. Not in Production: the page wants inline script, and its origin is where teachers' tokens are.
/// </summary>
internal static class ApiDocument
{
    public const string ReaderPath = "/docs";
    private const string Scheme = "token";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options => options
        .AddOperationTransformer(Api.ApiExamples.AddAsync)
        .AddDocumentTransformer(Api.ApiExamples.AddToParametersAsync)
        .AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "TtmMedia",
                Version = "v1",
                Description = "One-to-one audio in lessons: WHIP and WHEP for the media, REST for the rest. Errors are application/problem+json (RFC 9457).",
            };
            document.Components ??= new();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Scheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    BearerFormat = "JWT",
                    Description = "HS256, signed with the API secret; claims iss (the API key), sub, role (teacher, student or service), lesson, exp. The query parameter access_token serves the same.",
                },
            };
            document.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];

            // HEAD is as GET: told once.
            foreach (var path in document.Paths.Values)
                path.Operations?.Remove(HttpMethod.Head);
            return Task.CompletedTask;
        })
        .AddOperationTransformer((operation, context, _) =>
        {
            // An empty list: no token is needed, whatever the document says of all.
            if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Any())
                operation.Security = [];
            return Task.CompletedTask;
        }));

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName:regex(^v1$)}.json").AlsoByHead();
        if (app.Environment.IsDevelopment())
            app.MapScalarApiReference(ReaderPath, options => options.WithTitle("TtmMedia API").DisableDefaultFonts());
    }
}
